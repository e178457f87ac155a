#include "app/config.h"
#include "base/i18n.h"

const struct config_key config_keys[] = {
    {"lang", "lang", "", TR("language of messages: ja or en; default: the locale's")},
    {"store", "text", "", TR("where our own state is kept: sqlite:PATH; knowledge and spool lie beside it")},
    {"rules", "path", "", TR("folder whose files stand in for, or add to, the shipped rules of the same name")},
    {"offline", "yes/no", "no", TR("open no connection")},
    {"mirror", "path", "", TR("folder that stands in for the network: FOLDER/SOURCE/… or FOLDER/HOST/PATH")},
    {"zone", "zone", "", TR("time zone of dates that people read, such as +09:00; default: the machine's")},
    {"who", "text", "", TR("name written beside decisions; default: the login name")},
    {"ambiguous_width", "number", "1", TR("columns of characters of ambiguous width in tables: 1 or 2")},
    {"round.days", "number", "7", TR("a round without --since lists notices of this many days")},
    {"decide.site_days", "number", "0", TR("the site's own limit in days for urgent findings; 0: none")},
    {"net.proxy", "text", "", TR("proxy, such as http://proxy.example:8080; default: https_proxy of the environment")},
    {"net.ca_file", "path", "", TR("file of certificates to trust instead of the system's")},
    {"net.private_hosts", "list", "", TR("hosts that may have a private address, separated by spaces")},
    {"net.allow_http", "yes/no", "no", TR("allow http:// addresses that people wrote in this file")},
    {"sources.*.enabled", "yes/no", "", TR("visit this source in a round")},
    {"sources.*.url", "text", "", TR("address to use instead of the public one")},
    {"sources.*.key_file", "path", "", TR("file that holds the key or token of this source")},
    {"sources.*.account", "text", "", TR("account to read (x)")},
    {"sources.*.period", "number", "", TR("minutes between visits")},
    {"sources.*.stale_hours", "number", "", TR("hours after which data of this source is stale")},
    {"feeds.*.url", "text", "", TR("address of a feed (RSS or Atom) that you add under this name")},
    {"feeds.*.publisher", "text", "", TR("who publishes it")},
    {"feeds.*.trusted", "yes/no", "no", TR("a statement of exploitation in it counts for decisions")},
    {NULL, NULL, NULL, NULL}};
