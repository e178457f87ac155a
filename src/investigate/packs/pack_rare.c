#include "investigate/packs/pack_rare.h"

/* What logs of web servers and mail servers, and the disks of systems, are full of. */
static const char ordinary[] =
    "datetime=2021-01-01t00:00:00.000z http/1.0 http/1.1 https://www. .com/\n"
    "beginrequest=;correlationid=<empty>;proxystate-run=none;downleveltargethash=0/0/0;clientaccessserver=\n"
    "resolvecaslatency=0;feauth=beversion-1942062522;proxytodownlevel=false;begingetresponse=;onresponseready=\n"
    "endgetresponse=;proxystate-complete=proxyresponsedata;endrequest=;s:servicecommonmetadata.httpmethod=\n"
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/ safari/ edge/ gecko/ firefox/\n"
    "microsoft office/16.0 (windows nt 10.0; microsoft outlook 16.0.; pro) microsoft+office/16.0+(windows+nt+10.0;\n"
    "negotiate,true, basic fba bearer kerberos ntlm anonymous authenticated sid~s-1-5-21- exchange server contoso\n"
    "proxy intraforest windowsidentity database~ internal external address user host name .local\n"
    "/owa/ /ecp/ /ews/exchange.asmx /mapi/emsmdb/ /mapi/nspi/ /rpc/rpcproxy.dll /oab/ /powershell/ /api/ /autodiscover/autodiscover.xml\n"
    "/microsoft-server-activesync/default.eas /owa/auth/logon.aspx /owa/auth/ /ecp/default.aspx /ecp/ddi/ddiservice.svc/ index.html .js .css .png .aspx?\n"
    "&correlationid=<empty>;&cafereqid=;&cmd=ping&user=&deviceid=&devicetype=&clientid=&mailboxid=\n"
    "c:/windows/system32/drivers/etc/ c:/windows/syswow64/ c:/windows/temp/ c:/windows/winsxs/amd64_microsoft-windows-\n"
    "c:/program files (x86)/common files/ c:/program files/microsoft/exchange server/v15/frontend/httpproxy/owa/auth/current/\n"
    "c:/program files/microsoft/exchange server/v15/clientaccess/owa/auth/ c:/inetpub/wwwroot/aspnet_client/system_web/\n"
    "c:/inetpub/logs/logfiles/ c:/programdata/microsoft/windows/start menu/programs/startup/ c:/users/public/ c:/users/administrator/\n"
    "/appdata/local/temp/ /appdata/roaming/microsoft/ /application data/ /local settings/temp/ /documents and settings/all users/\n"
    "/usr/local/bin/ /usr/lib/x86_64-linux-gnu/ /usr/share/doc/ /var/lib/ /var/log/ /etc/ /home/ /opt/ /tmp/ /root/\n"
    "powershell.exe cmd.exe .exe .dll .sys .dat .log .txt .tmp .xml .htm .jpg .zip .msi .ini .bat .vbs .ps1 .php .jsp .asp\n";

/* Half of all lines and more. */
static const char everywhere[] = " get post head put options true false 200 302 443 ";

static bool word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

unsigned pack_rare_cost(struct str s)
{
    static const unsigned by_length[] = {5000, 3000, 200, 60, 12, 6, 3, 2};
    char low[64];
    size_t n = MIN(s.n, sizeof(low)), signs = 0, digits = 0;
    for (size_t i = 0; i < n; i++) {
        low[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
        signs += !word(low[i]);
        digits += low[i] >= '0' && low[i] <= '9';
    }
    if (n == s.n && n > 2 && memmem(everywhere, sizeof(everywhere) - 1, low, n))
        return 6 * PACK_RARE_ORDINARY;
    if (n == s.n && n > 2 && memmem(ordinary, sizeof(ordinary) - 1, low, n))
        return PACK_RARE_ORDINARY + (unsigned)(sizeof(low) - n);
    unsigned cost = n < ARRAY_LEN(by_length) ? by_length[n] : 1;
    if (n > 1 && signs == n)
        return MAX(cost / 8, 1U); /* "${" */
    return digits == n ? cost * 4 : cost;
}
