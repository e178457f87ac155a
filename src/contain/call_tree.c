#include "model/contact.h"
