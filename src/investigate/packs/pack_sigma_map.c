#include "investigate/packs/pack_build.h"
#include "investigate/packs/pack_sigma.h"

#define SYSMON "Microsoft-Windows-Sysmon/Operational"
#define COMMON "RuleName UtcTime ProcessGuid ProcessId Image User "
#define SYSTEM_FIELDS                                                                                        \
    " EventID Channel Provider_Name Computer Level Task Opcode Keywords Version EventRecordID "              \
    "Security_UserID Execution_ProcessID "                                                                   \
    "Execution_ThreadID Correlation_ActivityID Event_ID "
#define REGISTRY COMMON "EventType TargetObject Details NewName "
#define FILES COMMON "TargetFilename CreationUtcTime "
#define WEB_RENAME                                                                                           \
    "cs-method=cs-method|Method|method cs-uri-stem=cs-uri-stem|UrlStem|path "                                \
    "cs-uri-query=cs-uri-stem?cs-uri-query|uri|UrlStem?UrlQuery "                                            \
    "cs-uri=cs-uri-stem?cs-uri-query|uri c-uri=cs-uri-stem?cs-uri-query|uri "                                \
    "cs-user-agent=cs(User-Agent)|user-agent|UserAgent "                                                     \
    "c-useragent=cs(User-Agent)|user-agent|UserAgent cs-referer=cs(Referer)|referer cs-cookie=cs(Cookie) "   \
    "cs-host=cs-host|host|UrlHost "                                                                          \
    "cs-username=cs-username|user|AuthenticatedUser sc-status=sc-status|status|HttpStatus "                  \
    "c-ip=c-ip|client|ClientIpAddress "                                                                      \
    "s-port=s-port cs-bytes=cs-bytes sc-bytes=sc-bytes s-ip=s-ip s-sitename=s-sitename "                     \
    "time-taken=time-taken"

/* Sysmon's fields are those of its schema 4.90; Security 4688 and Defender's events have other names for the
 * same. */
static const struct sigma_target targets[] = {
    {"process_creation",
     "",
     "windows",
     SYSMON,
     {1},
     COMMON "FileVersion Description Product Company OriginalFileName CommandLine CurrentDirectory LogonGuid "
            "LogonId TerminalSessionId "
            "IntegrityLevel Hashes ParentProcessGuid ParentProcessId ParentImage ParentCommandLine "
            "ParentUser" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"process_creation",
     "",
     "windows",
     "Security",
     {4688},
     "EventID Channel Provider_Name Computer",
     "Image=NewProcessName CommandLine=CommandLine ParentImage=ParentProcessName ProcessId=NewProcessId "
     "ParentProcessId=ProcessId "
     "User=SubjectUserName LogonId=SubjectLogonId",
     NULL},
    {"process_termination", "", "windows", SYSMON, {5}, COMMON SYSTEM_FIELDS, NULL, NULL},
    {"file_change", "", "windows", SYSMON, {2}, FILES "PreviousCreationUtcTime" SYSTEM_FIELDS, NULL, NULL},
    {"network_connection",
     "",
     "windows",
     SYSMON,
     {3},
     COMMON "Protocol Initiated SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName "
            "DestinationIsIpv6 DestinationIp "
            "DestinationHostname DestinationPort DestinationPortName" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"sysmon_status",
     "",
     "windows",
     SYSMON,
     {4, 16},
     COMMON "State Version SchemaVersion Configuration ConfigurationFileHash" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"sysmon_error", "", "windows", SYSMON, {255}, COMMON "ID Description" SYSTEM_FIELDS, NULL, NULL},
    {"driver_load",
     "",
     "windows",
     SYSMON,
     {6},
     COMMON "ImageLoaded Hashes Signed Signature SignatureStatus" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"image_load",
     "",
     "windows",
     SYSMON,
     {7},
     COMMON "ImageLoaded FileVersion Description Product Company OriginalFileName Hashes Signed Signature "
            "SignatureStatus" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"create_remote_thread",
     "",
     "windows",
     SYSMON,
     {8},
     COMMON "SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid TargetProcessId TargetImage "
            "NewThreadId StartAddress StartModule "
            "StartFunction SourceUser TargetUser" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"raw_access_thread", "", "windows", SYSMON, {9}, COMMON "Device" SYSTEM_FIELDS, NULL, NULL},
    {"process_access",
     "",
     "windows",
     SYSMON,
     {10},
     COMMON "SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID TargetProcessId "
            "TargetImage GrantedAccess CallTrace "
            "SourceUser TargetUser" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"file_event", "", "windows", SYSMON, {11}, FILES SYSTEM_FIELDS, NULL, NULL},
    {"registry_add", "", "windows", SYSMON, {12}, REGISTRY SYSTEM_FIELDS, NULL, NULL},
    {"registry_delete", "", "windows", SYSMON, {12}, REGISTRY SYSTEM_FIELDS, NULL, NULL},
    {"registry_set", "", "windows", SYSMON, {13}, REGISTRY SYSTEM_FIELDS, NULL, NULL},
    {"registry_rename", "", "windows", SYSMON, {14}, REGISTRY SYSTEM_FIELDS, NULL, NULL},
    {"registry_event", "", "windows", SYSMON, {12, 13, 14}, REGISTRY SYSTEM_FIELDS, NULL, NULL},
    {"create_stream_hash", "", "windows", SYSMON, {15}, FILES "Hash Contents" SYSTEM_FIELDS, NULL, NULL},
    {"pipe_created", "", "windows", SYSMON, {17, 18}, COMMON "EventType PipeName" SYSTEM_FIELDS, NULL, NULL},
    {"wmi_event",
     "",
     "windows",
     SYSMON,
     {19, 20, 21},
     COMMON "EventType Operation EventNamespace Name Query Type Destination Consumer Filter" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"dns_query",
     "",
     "windows",
     SYSMON,
     {22},
     COMMON "QueryName QueryStatus QueryResults" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"file_delete",
     "",
     "windows",
     SYSMON,
     {23, 26},
     FILES "Hashes IsExecutable Archived" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"clipboard_capture",
     "",
     "windows",
     SYSMON,
     {24},
     COMMON "Session ClientInfo Hashes Archived" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"process_tampering", "", "windows", SYSMON, {25}, COMMON "Type" SYSTEM_FIELDS, NULL, NULL},
    {"file_block_executable", "", "windows", SYSMON, {27}, FILES "Hashes" SYSTEM_FIELDS, NULL, NULL},
    {"file_block_shredding",
     "",
     "windows",
     SYSMON,
     {28},
     FILES "Hashes IsExecutable" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"file_executable_detected", "", "windows", SYSMON, {29}, FILES "Hashes" SYSTEM_FIELDS, NULL, NULL},
    {"ps_script",
     "",
     "windows",
     "Microsoft-Windows-PowerShell/Operational;PowerShellCore/Operational",
     {4104},
     "ScriptBlockText ScriptBlockId Path MessageNumber MessageTotal" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"ps_module",
     "",
     "windows",
     "Microsoft-Windows-PowerShell/Operational;PowerShellCore/Operational",
     {4103},
     "Payload ContextInfo UserData" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"ps_classic_start", "", "windows", "Windows PowerShell", {400}, "Data" SYSTEM_FIELDS, NULL, NULL},
    {"ps_classic_provider_start",
     "",
     "windows",
     "Windows PowerShell",
     {600},
     "Data" SYSTEM_FIELDS,
     NULL,
     NULL},
    {"antivirus",
     "",
     "",
     "Microsoft-Windows-Windows Defender/Operational",
     {1006, 1007, 1015, 1116, 1117, 1118, 1119},
     "EventID Channel Computer",
     "Signature=ThreatName Filename=Path",
     NULL},
    {"", "security", "windows", "Security", {0}, NULL, NULL, NULL},
    {"", "system", "windows", "System", {0}, NULL, NULL, NULL},
    {"", "application", "windows", "Application", {0}, NULL, NULL, NULL},
    {"", "sysmon", "windows", SYSMON, {0}, NULL, NULL, NULL},
    {"", "windefend", "windows", "Microsoft-Windows-Windows Defender/Operational", {0}, NULL, NULL, NULL},
    {"", "msexchange-management", "windows", "MSExchange Management", {0}, NULL, NULL, NULL},
    {"",
     "powershell",
     "windows",
     "Microsoft-Windows-PowerShell/Operational;PowerShellCore/Operational",
     {0},
     NULL,
     NULL,
     NULL},
    {"", "powershell-classic", "windows", "Windows PowerShell", {0}, NULL, NULL, NULL},
    {"", "wmi", "windows", "Microsoft-Windows-WMI-Activity/Operational", {0}, NULL, NULL, NULL},
    {"", "taskscheduler", "windows", "Microsoft-Windows-TaskScheduler/Operational", {0}, NULL, NULL, NULL},
    {"", "bits-client", "windows", "Microsoft-Windows-Bits-Client/Operational", {0}, NULL, NULL, NULL},
    {"", "dns-client", "windows", "Microsoft-Windows-DNS Client Events/Operational", {0}, NULL, NULL, NULL},
    {"", "dns-server", "windows", "DNS Server", {0}, NULL, NULL, NULL},
    {"", "dns-server-analytic", "windows", "Microsoft-Windows-DNS-Server/Analytical", {0}, NULL, NULL, NULL},
    {"", "ntlm", "windows", "Microsoft-Windows-NTLM/Operational", {0}, NULL, NULL, NULL},
    {"",
     "firewall-as",
     "windows",
     "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
     {0},
     NULL,
     NULL,
     NULL},
    {"",
     "codeintegrity-operational",
     "windows",
     "Microsoft-Windows-CodeIntegrity/Operational",
     {0},
     NULL,
     NULL,
     NULL},
    {"",
     "appxdeployment-server",
     "windows",
     "Microsoft-Windows-AppXDeploymentServer/Operational",
     {0},
     NULL,
     NULL,
     NULL},
    {"", "appxpackaging-om", "windows", "Microsoft-Windows-AppxPackaging/Operational", {0}, NULL, NULL, NULL},
    {"",
     "applocker",
     "windows",
     "Microsoft-Windows-AppLocker/MSI and Script;Microsoft-Windows-AppLocker/EXE and "
     "DLL;Microsoft-Windows-AppLocker/Packaged "
     "app-Deployment;Microsoft-Windows-AppLocker/Packaged app-Execution",
     {0},
     NULL,
     NULL,
     NULL},
    {"",
     "driver-framework",
     "windows",
     "Microsoft-Windows-DriverFrameworks-UserMode/Operational",
     {0},
     NULL,
     NULL,
     NULL},
    {"", "printservice-admin", "windows", "Microsoft-Windows-PrintService/Admin", {0}, NULL, NULL, NULL},
    {"",
     "printservice-operational",
     "windows",
     "Microsoft-Windows-PrintService/Operational",
     {0},
     NULL,
     NULL,
     NULL},
    {"", "smbclient-security", "windows", "Microsoft-Windows-SmbClient/Security", {0}, NULL, NULL, NULL},
    {"",
     "smbclient-connectivity",
     "windows",
     "Microsoft-Windows-SmbClient/Connectivity",
     {0},
     NULL,
     NULL,
     NULL},
    {"",
     "terminalservices-localsessionmanager",
     "windows",
     "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
     {0},
     NULL,
     NULL,
     NULL},
    {"", "iis-configuration", "windows", "Microsoft-IIS-Configuration/Operational", {0}, NULL, NULL, NULL},
    {"",
     "security-mitigations",
     "windows",
     "Microsoft-Windows-Security-Mitigations/Kernel Mode;Microsoft-Windows-Security-Mitigations/User Mode",
     {0},
     NULL,
     NULL,
     NULL},
    {"",
     "microsoft-servicebus-client",
     "windows",
     "Microsoft-ServiceBus-Client/Operational",
     {0},
     NULL,
     NULL,
     NULL},
    {"", "shell-core", "windows", "Microsoft-Windows-Shell-Core/Operational", {0}, NULL, NULL, NULL},
    {"",
     "certificateservicesclient-lifecycle-system",
     "windows",
     "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
     {0},
     NULL,
     NULL,
     NULL},
    {"", "lsa-server", "windows", "Microsoft-Windows-LSA/Operational", {0}, NULL, NULL, NULL},
    {"", "capi2", "windows", "Microsoft-Windows-CAPI2/Operational", {0}, NULL, NULL, NULL},
    {"", "openssh", "windows", "OpenSSH/Operational", {0}, NULL, NULL, NULL},
    {"webserver", "", "", "", {0}, "", WEB_RENAME, "web"},
    {"", "apache", "", "", {0}, "", WEB_RENAME, "web"},
    {"", "nginx", "", "", {0}, "", WEB_RENAME, "web"},
};

const struct sigma_target *pack_sigma_target(struct str category, struct str product, struct str service,
                                             size_t i)
{
    for (size_t k = 0; k < ARRAY_LEN(targets); k++) {
        const struct sigma_target *t = &targets[k];
        if (!str_is_i(category, t->category) ||
            (t->service[0] ? !str_is_i(service, t->service) : service.n && !category.n))
            continue;
        if (t->product[0] ? !str_is_i(product, t->product) : product.n && !str_is_i(product, "windows"))
            continue;
        if (service.n && category.n && t->category[0] && !t->service[0])
            continue; /* narrower than what is known here */
        if (i-- == 0)
            return t;
    }
    return NULL;
}

static bool listed(const char *list, struct str word)
{
    struct str_split it = str_split_init(str_of(list), ' ');
    struct str one;
    while (str_split_next(&it, &one))
        if (one.n && str_eq(one, word))
            return true;
    return false;
}

struct str pack_sigma_field(const struct sigma_target *t, struct str field)
{
    struct str_split it = str_split_init(str_of(t->rename), ' ');
    struct str one;
    while (t->rename && str_split_next(&it, &one)) {
        size_t eq = str_chr(one, '=');
        if (eq != STR_NONE && str_ieq(str_sub(one, 0, eq), field))
            return str_sub(one, eq + 1, one.n);
    }
    if (!t->fields || listed(t->fields, field))
        return field;
    return (struct str){"", 0};
}
