// MPI's constants as functions: in Open MPI they are macros of casts, which Swift can't import. No policy here.
#ifndef CMPI_H
#define CMPI_H

#include <mpi.h>

MPI_Comm mpiCommWorld(void);            // MPI_COMM_WORLD
MPI_Errhandler mpiErrorsReturn(void);   // MPI_ERRORS_RETURN
const void *mpiInPlace(void);           // MPI_IN_PLACE

MPI_Datatype mpiByte(void);             // MPI_BYTE
MPI_Datatype mpiFloat(void);            // MPI_FLOAT
MPI_Datatype mpiDouble(void);           // MPI_DOUBLE
MPI_Datatype mpiInt64(void);            // MPI_INT64_T
MPI_Op mpiSum(void);                    // MPI_SUM

int mpiAnySource(void);                 // MPI_ANY_SOURCE
MPI_Status *mpiIgnoredStatus(void);     // MPI_STATUS_IGNORE

int mpiSuccess(void);                   // MPI_SUCCESS
int mpiThreadMultiple(void);            // MPI_THREAD_MULTIPLE
int mpiMaxErrorString(void);            // MPI_MAX_ERROR_STRING
int mpiMaxLibraryVersionString(void);   // MPI_MAX_LIBRARY_VERSION_STRING

#endif
