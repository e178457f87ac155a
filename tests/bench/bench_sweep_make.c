/* bench_sweep_make — what the sweep is measured on, the same at every run.
 *
 *   bench_sweep_make logs FOLDER MB      HttpProxy-like and IIS-like logs, 70 : 30, files of 10 MB; a few attacks in them
 *   bench_sweep_make tree FOLDER COUNT   small files in a tree of folders
 *   bench_sweep_make blobs FOLDER MB     files of 10 MB without any text
 *   bench_sweep_make packs FOLDER        log.pack (300 patterns of logs), path.pack (3,800 paths and a hash), and the
 *                                        same texts for others: words.txt (rg -f), words.yar (yara), words.ndb (clamscan)
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES 10000000L
#define LINE_EVERY 20000 /* one line in so many is an attack */

static FILE *create(const char *folder, const char *name)
{
    char path[8192];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "we");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void finish(FILE *f)
{
    if (ferror(f) | fclose(f)) {
        perror("bench_sweep_make");
        exit(1);
    }
}

/* ---- words ---- */

static const char *const head[] = {"supp0rt", "shel2", "discover", "webload", "logerr", "healthck", "fatal3r", "outlookz", "iisstrt", "multiup"};
static const char *const tail[] = {"AbkZ", "Qw7", "xs9", "0ab", "Tnv", "Lk2", "mmX", "r4p", "Zip7", "UUd"};

/* The k-th of 300 texts: 100 pages, 60 agents, 60 addresses, 40 back ends, 40 parameters. */
static void word(int k, char *out, size_t size)
{
    const char *h = head[k / 10 % 10], *t = tail[k % 10];
    if (k < 100)
        snprintf(out, size, "/aspnet_client/%s%s.aspx", h, t);
    else if (k < 160)
        snprintf(out, size, "%s-Agent-%s/2.%d", h, t, k);
    else if (k < 220)
        snprintf(out, size, "45.77.%d.7", k);
    else if (k < 260)
        snprintf(out, size, "ServerInfo~%s%s]@", h, t);
    else
        snprintf(out, size, "%s_%s_pass=", h, t);
}

static void log_pack(const char *folder)
{
    FILE *f = create(folder, "log.pack");
    char w[128];
    fputs("pack bench-logs\ntitle Bench\nversion 1\nvulnerability CVE-2021-26855\ncheck a\n    title A\n    vulnerability CVE-2021-26855\n"
          "    level exploited\n    score 90\n    needs web\n", f);
    for (int k = 0; k < 300; k++) {
        word(k, w, sizeof(w));
        if (k < 100)
            fprintf(f, "    record log is iis and cs-method is POST and cs-uri-stem is \"%s\"\n", w);
        else if (k < 160)
            fprintf(f, "    user-agent \"%s\"\n", w);
        else if (k < 220)
            fprintf(f, "    ip %s\n", w);
        else if (k < 260)
            fprintf(f, "    record log is httpproxy and AnchorMailbox like \"%s*/ecp/*\" and HttpStatus is 200\n", w);
        else
            fprintf(f, "    line * /%s[0-9a-z]{4,32}&cmd=/\n", w);
    }
    finish(f);
}

static void path_pack(const char *folder)
{
    FILE *f = create(folder, "path.pack");
    fputs("pack bench-paths\ntitle Bench\nversion 1\nvulnerability CVE-2021-26855\ncheck a\n    title A\n    vulnerability CVE-2021-26855\n"
          "    level hint\n    score 1\n    needs file-names\n"
          "    sha256 b75f163ca9b9240bf4b37ad92bc7556b40a17e27c2b8ed5c8991385fe07d17d0\n", f);
    for (int k = 0; k < 3800; k++) {
        const char *h = head[k / 10 % 10], *t = tail[k % 10];
        switch (k % 5) {
        case 0:
            fprintf(f, "    path C:\\inetpub\\wwwroot\\aspnet_client\\%s%s%d.aspx\n", h, t, k);
            break;
        case 1:
            fprintf(f, "    path system32\\%s%d%s.dll\n", h, k, t);
            break;
        case 2:
            fprintf(f, "    path %s-%d-%s.exe\n", t, k, h);
            break;
        case 3:
            fprintf(f, "    path %%ProgramData%%\\%s%d\\*.%s\n", h, k, t);
            break;
        default:
            fprintf(f, "    path /\\/(?:temp|tmp)\\/%s%s%d\\.[a-z]{3}$/\n", t, h, k);
        }
    }
    finish(f);
}

static void packs(const char *folder)
{
    char w[128];
    mkdir(folder, 0755);
    log_pack(folder);
    path_pack(folder);
    FILE *txt = create(folder, "words.txt"), *yar = create(folder, "words.yar"), *ndb = create(folder, "words.ndb");
    fputs("rule bench\n{\n    strings:\n", yar);
    for (int k = 0; k < 300; k++) {
        word(k, w, sizeof(w));
        for (const char *p = w; *p; p++)
            fprintf(txt, strchr(".[]^$*+?(){}|\\", *p) ? "\\%c" : "%c", *p);
        fprintf(txt, "\n");
        fprintf(yar, "        $w%d = \"%s\" nocase\n", k, w);
        fprintf(ndb, "Bench.%d:0:*:", k);
        for (const char *p = w; *p; p++)
            fprintf(ndb, "%02x", (unsigned char)*p);
        fprintf(ndb, "\n");
    }
    fputs("    condition:\n        any of them\n}\n", yar);
    finish(txt);
    finish(yar);
    finish(ndb);
}

/* ---- logs ---- */

static void iis_line(FILE *f, unsigned r, const char *page)
{
    fprintf(f, "2021-03-03 0%u:%02u:%02u 10.0.0.%u %s ", r % 10, r / 10 % 60, r / 600 % 60, r % 250, page ? "POST" : r % 3 ? "GET" : "POST");
    if (page)
        fputs(page, f);
    else
        fprintf(f, "/owa/%08x/prem/15.1.2375.7/scripts/boot.worldwide.mouse.js", r);
    fprintf(f, " &CorrelationID=<empty>;&cafeReqId=%08x-1ddc-48d3-82c6-0199bc121640; 443 CONTOSO\\user%u 192.168.%u.%u "
               "Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) - 200 0 0 %u\n",
            r * 7, r % 5000, r % 250, r / 250 % 250, r % 900);
}

static void httpproxy_line(FILE *f, unsigned r, const char *mailbox)
{
    fprintf(f, "2021-03-03T0%u:%02u:%02u.130Z,%08x-1ddc-48d3-82c6-0199bc121640,15,1,2375,7,{%08X-0000-0000-0000-000000000000},Mapi,mail.contoso.com,"
               "/mapi/emsmdb/,,Negotiate,True,CONTOSO\\user%u,,",
            r % 10, r / 10 % 60, r / 600 % 60, r, r * 3, r % 5000);
    if (mailbox)
        fprintf(f, "%sexch01.contoso.com:444/ecp/x", mailbox);
    else
        fprintf(f, "Sid~S-1-5-21-594047938-393122191-2580508586-%u", r % 5000);
    fprintf(f, ",Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.13628; Pro),192.168.%u.%u,EXCH01,200,200,,POST,Proxy,exch01.contoso.com,"
               "15.01.2375.000,IntraForest,WindowsIdentity,Database~%08x-4f5e-4b2a-9c1d-0123456789ab~~2021-03-10T00:00:00,"
               "BeginRequest=2021-03-03T00:00:00.100Z;CorrelationID=<empty>;ProxyState-Run=None;DownLevelTargetHash=0/0/0;"
               "ClientAccessServer=EXCH01.contoso.com;ResolveCasLatency=0;FEAuth=BEVersion-1942062522;ProxyToDownLevel=False;"
               "BeginGetResponse=2021-03-03T00:00:00.110Z;OnResponseReady=2021-03-03T00:00:00.120Z;EndGetResponse=2021-03-03T00:00:00.125Z;"
               "ProxyState-Complete=ProxyResponseData;EndRequest=2021-03-03T00:00:00.130Z;S:ServiceCommonMetadata.HttpMethod=POST;I32:ADS.C[DC01]=%u;"
               "F:ADS.AL[DC01]=1.%u\r\n",
            r % 250, r / 250 % 250, r * 5, r % 9, r % 9000);
}

static void logs(const char *folder, long mb)
{
    char name[64], w[128];
    unsigned seed = 1, lines = 0;
    mkdir(folder, 0755);
    for (long k = 0; k < mb / 10; k++) {
        bool iis = k % 10 >= 7;
        snprintf(name, sizeof(name), "%s%04ld.log", iis ? "u_ex2103" : "HttpProxy_2021", k);
        FILE *f = create(folder, name);
        fputs(iis ? "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username "
                    "c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"
                  : "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2375.007\r\n#Log-type: HttpProxy Logs\r\n#Date: 2021-03-03T00:00:00.000Z\r\n#Fields: "
                    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,"
                    "IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,"
                    "TargetServer,TargetServerVersion,RoutingType,RoutingHint,BackEndCookie,GenericInfo\r\n", f);
        while (ftell(f) < FILE_BYTES) {
            unsigned r = (unsigned)rand_r(&seed);
            bool attack = ++lines % LINE_EVERY == 0;
            word(iis ? (int)(r % 100) : 220 + (int)(r % 40), w, sizeof(w));
            if (iis)
                iis_line(f, r, attack ? w : NULL);
            else
                httpproxy_line(f, r, attack ? w : NULL);
        }
        finish(f);
    }
}

/* ---- a tree ---- */

static void tree(const char *folder, long count)
{
    static const char *const dir[] = {"inetpub", "Windows", "ProgramData", "Users", "Program Files"};
    static const char *const end[] = {"dll", "txt", "aspx", "log1", "exe"};
    static char bytes[16384];
    char at[4096], name[64];
    unsigned seed = 1;
    mkdir(folder, 0755);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)rand_r(&seed);
    for (long k = 0; k < count; k++) {
        snprintf(at, sizeof(at), "%s/%s", folder, dir[k / 100 % 5]);
        mkdir(at, 0755);
        snprintf(at, sizeof(at), "%s/%s/part%04ld", folder, dir[k / 100 % 5], k / 100);
        if (k % 100 == 0)
            mkdir(at, 0755);
        snprintf(name, sizeof(name), "file%07ld.%s", k, end[k % 5]);
        FILE *f = create(at, name);
        size_t n = (size_t)rand_r(&seed) % 8192;
        if (k % 5 == 1)
            for (size_t i = 0; i < n; i += 40)
                fprintf(f, "%039u\n", (unsigned)rand_r(&seed));
        else
            fwrite(bytes + k % 8000, 1, n, f);
        finish(f);
    }
}

static void blobs(const char *folder, long mb)
{
    static unsigned bytes[1000000 / sizeof(unsigned)];
    char name[64];
    unsigned long long x = 1;
    mkdir(folder, 0755);
    for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
        bytes[i] = (unsigned)(x >> 32);
    }
    for (long k = 0; k < mb / 10; k++) {
        snprintf(name, sizeof(name), "blob%04ld.bin", k);
        FILE *f = create(folder, name);
        for (int i = 0; i < 10; i++)
            fwrite(bytes, 1, sizeof(bytes), f);
        finish(f);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    if (strcmp(what, "logs") == 0 && argc == 4)
        logs(argv[2], atol(argv[3]));
    else if (strcmp(what, "tree") == 0 && argc == 4)
        tree(argv[2], atol(argv[3]));
    else if (strcmp(what, "blobs") == 0 && argc == 4)
        blobs(argv[2], atol(argv[3]));
    else if (strcmp(what, "packs") == 0 && argc == 3)
        packs(argv[2]);
    else {
        fprintf(stderr, "usage: see the head of bench_sweep_make.c\n");
        return 2;
    }
    return 0;
}
