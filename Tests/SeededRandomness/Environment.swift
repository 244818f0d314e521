import Foundation

/// The whole number that the environment says for `variable`; nil if it says nothing.
/// - Precondition: what it says is one.
public func numberInEnvironment(_ variable: String) -> UInt64? {
    guard let text = ProcessInfo.processInfo.environment[variable] else { return nil }
    let number = UInt64(text)
    precondition(number != nil, "\(variable) is '\(text)'; a whole number that isn't below 0 is wanted.")
    return number
}
