#include "CMPI.h"

MPI_Comm mpiCommWorld(void) { return MPI_COMM_WORLD; }
MPI_Errhandler mpiErrorsReturn(void) { return MPI_ERRORS_RETURN; }
const void *mpiInPlace(void) { return MPI_IN_PLACE; }

MPI_Datatype mpiByte(void) { return MPI_BYTE; }
MPI_Datatype mpiFloat(void) { return MPI_FLOAT; }
MPI_Datatype mpiDouble(void) { return MPI_DOUBLE; }
MPI_Datatype mpiInt64(void) { return MPI_INT64_T; }
MPI_Op mpiSum(void) { return MPI_SUM; }

int mpiAnySource(void) { return MPI_ANY_SOURCE; }
MPI_Status *mpiIgnoredStatus(void) { return MPI_STATUS_IGNORE; }

int mpiSuccess(void) { return MPI_SUCCESS; }
int mpiThreadMultiple(void) { return MPI_THREAD_MULTIPLE; }
int mpiMaxErrorString(void) { return MPI_MAX_ERROR_STRING; }
int mpiMaxLibraryVersionString(void) { return MPI_MAX_LIBRARY_VERSION_STRING; }
