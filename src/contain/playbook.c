#include "model/containment.h"
