/// A strict parser of Prometheus's text format (version 0.0.4): every sample must belong to the family whose HELP and TYPE directly precede it.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
struct PrometheusText {
    struct Sample: Equatable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var samples: [Sample] = []
    /// The families, in order.
    private(set) var families: [(name: String, help: String)] = []

    init(_ text: String) throws(Fault) {
        guard text.hasSuffix("\n") else { throw Fault(description: "the last line isn't ended") }
        var described: (name: String, help: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") {
                guard described == nil else { throw Fault(description: "no type before \(line)") }
                let (name, help) = try Self.halves(line.dropFirst("# HELP ".count))
                guard !families.contains(where: { $0.name == name }) else { throw Fault(description: "\(name) is described twice") }
                described = (name, try Self.unescaped(help, escapes: ["\\": "\\", "n": "\n"]))
            } else if line.hasPrefix("# TYPE ") {
                let (name, type) = try Self.halves(line.dropFirst("# TYPE ".count))
                guard let family = described, family.name == name, type == "gauge" else { throw Fault(description: "no HELP above, or no gauge: \(line)") }
                families.append(family)
                described = nil
            } else {
                let sample = try Self.sample(line)
                guard described == nil, sample.name == families.last?.name else { throw Fault(description: "not below its TYPE: \(line)") }
                guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else { throw Fault(description: "twice: \(line)") }
                samples.append(sample)
            }
        }
    }

    /// "NAME{LABEL="VALUE",…} NUMBER".
    private static func sample(_ line: Substring) throws(Fault) -> Sample {
        var rest = line
        let name = rest.prefix { $0 != "{" && $0 != " " }
        try requireName(name, isLabel: false)
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            repeat {
                rest = rest.dropFirst()
                let label = rest.prefix { $0 != "=" }
                try requireName(label, isLabel: true)
                guard rest.dropFirst(label.count).hasPrefix("=\"") else { throw Fault(description: "no label: \(line)") }
                rest = rest.dropFirst(label.count + 2)
                let value = quoted(rest)
                rest = rest.dropFirst(value.count)
                guard rest.first == "\"", labels[String(label)] == nil else { throw Fault(description: "a label is open, or comes twice: \(line)") }
                labels[String(label)] = try unescaped(value, escapes: ["\\": "\\", "\"": "\"", "n": "\n"])
                rest = rest.dropFirst()
            } while rest.first == ","
            guard rest.first == "}" else { throw Fault(description: "labels without an end: \(line)") }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = number(rest.dropFirst()) else { throw Fault(description: "no number: \(line)") }
        return Sample(name: String(name), labels: labels, value: value)
    }

    /// The text up to the first unescaped quote.
    private static func quoted(_ text: Substring) -> Substring {
        var isEscaped = false
        return text.prefix { character in
            defer { isEscaped = character == "\\" && !isEscaped }
            return isEscaped || character != "\""
        }
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "NaN": .nan
        case "+Inf": .infinity
        case "-Inf": -.infinity
        default: text.allSatisfy { "0123456789.e+-".contains($0) } ? Double(text) : nil
        }
    }

    private static func halves(_ text: Substring) throws(Fault) -> (name: String, rest: Substring) {
        let name = text.prefix { $0 != " " }
        try requireName(name, isLabel: false)
        guard text.count > name.count + 1 else { throw Fault(description: "nothing behind \(name)") }
        return (String(name), text.dropFirst(name.count + 1))
    }

    private static func requireName(_ name: Substring, isLabel: Bool) throws(Fault) {
        let isRight = name.first?.isNumber == false && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || ($0 == ":" && !isLabel)) }
        guard isRight else { throw Fault(description: "no name: \(name)") }
    }

    private static func unescaped(_ text: Substring, escapes: [Character: Character]) throws(Fault) -> String {
        var result = ""
        var rest = text
        while let character = rest.popFirst() {
            guard character == "\\" else {
                result.append(character)
                continue
            }
            guard let escaped = rest.popFirst().flatMap({ escapes[$0] }) else { throw Fault(description: "no escape: \(text)") }
            result.append(escaped)
        }
        return result
    }
}
