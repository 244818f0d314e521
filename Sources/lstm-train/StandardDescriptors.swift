import Glibc

/// Sees to it that descriptors 0, 1 and 2 are in use, where whoever started this process had closed them: the next file that is opened would get the
/// number, and what is meant for the terminal would be written into a checkpoint. They are opened the wrong way round, so that reading and writing
/// still fail. To be called before anything else.
func occupyStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
        // It gets the lowest number that is free, which is this one.
        _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}
