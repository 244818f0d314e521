import CMPI
import COpenMPI

/// Name and version of the linked MPI library: "Open MPI v4.1.4, package: …". Needs no group.
/// - Throws: ``CommunicationError/callFailed(function:rank:code:text:)``.
public func mpiLibraryVersion() throws(CommunicationError) -> String {
    var text = [CChar](repeating: 0, count: Int(mpiMaxLibraryVersionString()) + 1)
    var length: Int32 = 0
    try callMPI("MPI_Get_library_version", rank: nil) { MPI_Get_library_version(&text, &length) }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

extension MPIWorld {
    /// Required thread support; joining a group fails if MPI grants another level.
    public static let threadLevel = "MPI_THREAD_MULTIPLE"
}
