#include "model/finding.h"

const char *finding_status_name(enum finding_status s)
{
    static const char *const name[] = {"unknown", "not affected", "possible", "affected"};
    return name[s];
}
