import Foundation

// Layout of the program's text output.

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    func rightAligned(in width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}

/// A line that begins with a field's name.
func field(_ name: String, _ text: String) -> String { name.padded(to: 12) + text }

/// Parts after a field's name, separated by commas, in lines of at most 80 columns.
func field(_ name: String, parts: [String]) -> [String] {
    var lines: [String] = []
    for part in parts {
        if let last = lines.last, last.count + 2 + part.count <= 67 { lines[lines.count - 1] = last + ", " + part } else { lines.append(part) }
    }
    return lines.enumerated().map { field($0.offset == 0 ? name : "", $0.element + ($0.offset < lines.count - 1 ? "," : "")) }
}

/// A sentence after a field's name, in lines of at most 80 columns, except for longer words.
func field(_ name: String, wrapped sentence: String) -> [String] {
    var lines: [String] = []
    for word in sentence.split(separator: " ") {
        if let last = lines.last, last.count + 1 + word.count <= 68 { lines[lines.count - 1] = last + " " + word } else { lines.append(String(word)) }
    }
    return lines.enumerated().map { field($0.offset == 0 ? name : "", $0.element) }
}
