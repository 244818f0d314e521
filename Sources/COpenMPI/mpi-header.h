// Where <mpi.h> lies, pkg-config says (ompi-c).
#include <mpi.h>
