Name                            : OAB (Default Web Site)
PollInterval                    : 480
OfflineAddressBooks             :
RequireSSL                      : True
InternalUrl                     : https://mail-shop.sample.example/OAB
InternalAuthenticationMethods   : WindowsIntegrated
ExternalUrl                     : http://f/<script language="JScript" runat="server">sample: nothing here runs</script>
ExternalAuthenticationMethods   : WindowsIntegrated
ExtendedProtectionTokenChecking : None
WhenChanged                     : 3/3/2021 4:09:02 AM
