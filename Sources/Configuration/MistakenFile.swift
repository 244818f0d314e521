public import Datasets
import ShellText
import StrictJSON

/// A file that was given instead of a configuration: a text, a table, a configuration in another language.
public enum MistakenFile: Sendable, Equatable {
    /// A text or a table, for which `lstm-train init` makes a configuration.
    case data
    /// A configuration file of another program; the language's name.
    case otherLanguage(String)
    /// The format that its first bytes show.
    case format(FileFormat)
    case directory

    /// Nil for a file that is, or is meant as, JSON.
    init?(path: String, bytes: [UInt8]) {
        if let format = FileFormat(bytes: bytes) {
            self = .format(format)
            return
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let ending = name.split(separator: ".").dropFirst().last?.lowercased() ?? ""
        // A byte order mark is reported by the parser.
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard !ending.hasPrefix("json"), let first, first != UInt8(ascii: "{") else { return nil }
        self = Self.languages[ending].map(Self.otherLanguage) ?? .data
    }

    private static let languages = ["yaml": "YAML", "yml": "YAML", "toml": "TOML", "ini": "INI", "cfg": "INI", "conf": "INI", "xml": "XML", "py": "Python"]

    /// Describes the file and suggests what to do.
    func sentence(path: String) -> String {
        let shown = JSONValue.printable(path, scalarCount: 1_000)
        let file = path.shellPath
        switch self {
        case .data: return "\(shown) is not a configuration, which is JSON. If it is the text or table to learn from: lstm-train init \(file)"
        case .otherLanguage(let language):
            return "\(shown) is \(language); a configuration is JSON, as in {\"data\": {\"kind\": \"text\", \"files\": \"play.txt\"}}. "
                + "lstm-train init writes one, and lstm-train schema --markdown lists its keys."
        case .format(.utf16), .format(.utf16LittleEndian), .format(.utf16BigEndian), .format(.utf32):
            return "\(shown) is not in UTF-8. " + formatAdvice(path)
        case .format(let format): return "\(shown) is \(format.rawValue), and not a configuration. Name a JSON file, or none for the embedded default."
        case .directory: return "\(shown) is a directory, and not a configuration. Name a JSON file, or none for the embedded default."
        }
    }

    private func formatAdvice(_ path: String) -> String {
        guard case .format(let format) = self else { return "" }
        return format.advice(path: path, for: .text)
    }
}
