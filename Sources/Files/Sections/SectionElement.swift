/// A type of numbers that a file of sections has, as they lie in memory (little-endian).
package protocol SectionElement: BitwiseCopyable, Sendable {
    /// In the file's description.
    static var sectionName: String { get }
    /// Stands for numbers that can't be read.
    static var zero: Self { get }
}

extension UInt8: SectionElement { package static var sectionName: String { "uint8" } }
extension Int32: SectionElement { package static var sectionName: String { "int32" } }
extension Int: SectionElement { package static var sectionName: String { "int64" } }
extension Float: SectionElement { package static var sectionName: String { "float32" } }
extension Double: SectionElement { package static var sectionName: String { "float64" } }
