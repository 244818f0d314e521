import Glibc

/// Opens descriptors 0, 1 and 2 if the parent process had closed them: otherwise the next opened file would get the
/// number, and terminal output would be written into a checkpoint. They are opened in the wrong mode, so that reading and writing
/// still fail. Call it before anything else.
func occupyStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
        // open returns the lowest free number, which is this one.
        _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}
