import CMPI
import COpenMPI

/// Makes one MPI call and checks its result; all MPI calls go through this function.
///
/// - Parameters:
///   - function: The name of the MPI function, for the message.
///   - rank: The caller's rank, or nil while it is unknown.
/// - Throws: ``CommunicationError/callFailed(function:rank:code:text:)`` with MPI's own text.
func callMPI(_ function: String, rank: Int?, _ call: () -> Int32) throws(CommunicationError) {
    let code = call()
    guard code != mpiSuccess() else { return }
    throw .callFailed(function: function, rank: rank, code: Int(code), text: errorText(of: code))
}

/// MPI's text for an error code.
private func errorText(of code: Int32) -> String {
    var text = [CChar](repeating: 0, count: Int(mpiMaxErrorString()) + 1)
    var length: Int32 = 0
    guard MPI_Error_string(code, &text, &length) == mpiSuccess() else { return "an error without a text" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
