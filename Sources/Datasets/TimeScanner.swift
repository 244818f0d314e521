/// Parses the parts of a date or a time from left to right.
struct TimeScanner {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { place == bytes.count }
    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func accept(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    /// A number of at most 19 digits.
    mutating func number() -> (value: Int, digits: Int)? {
        let start = place
        var value = 0
        while let byte = next, byte >= 0x30, byte <= 0x39 {
            let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = tenfold.addingReportingOverflow(Int(byte - 0x30))
            guard !overflows, !overflowsToo else { return nil }
            value = sum
            place += 1
        }
        return place == start ? nil : (value, place - start)
    }

    /// A number of at most `digits` digits.
    mutating func number(atMost digits: Int) -> Int? { number().flatMap { $0.digits <= digits ? $0.value : nil } }

    /// A minus, a slash, a point or a blank.
    mutating func separator() -> UInt8? {
        guard let byte = next, [0x2D, 0x2F, 0x2E, 0x20].contains(byte) else { return nil }
        place += 1
        return byte
    }

    /// Accepts a comma and an optional blank after it.
    mutating func comma() -> Bool {
        guard accept(0x2C) else { return false }
        _ = accept(0x20)
        return true
    }

    /// Accepts the separator between a date and a time: a T or a blank, or a comma or colon and a blank.
    mutating func timeSeparator() -> Bool {
        if comma() { return true }
        return accept(0x54) || accept(0x20) || accept(0x3A)
    }

    /// A year of four digits, or of two: 69 to 99 are in the 20th century, as in POSIX.
    mutating func year() -> Int? { number().flatMap(Self.year) }

    static func year(_ number: (value: Int, digits: Int)) -> Int? {
        switch number.digits {
        case 4: number.value
        case 2: number.value + (number.value < 69 ? 2000 : 1900)
        default: nil
        }
    }

    private static let months: [String] = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]

    /// An English month, its full name or first three letters, from 1. Consumes nothing if there is none.
    mutating func monthName() -> Int? {
        var end = place
        while end < bytes.count, bytes[end] | 0x20 >= 0x61, bytes[end] | 0x20 <= 0x7A, bytes[end] >= 0x41 { end += 1 }
        guard end - place >= 3 else { return nil }
        let word = String(decoding: bytes[place..<end], as: UTF8.self).lowercased()
        guard let month = Self.months.firstIndex(where: { $0 == word || $0.prefix(3) == word || word == "sept" && $0 == "september" }) else { return nil }
        place = end
        return month + 1
    }

    /// The milliseconds of ".125", or 0.
    mutating func fraction() -> Int {
        guard accept(0x2E) else { return 0 }
        let start = place
        var value = 0.0
        var unit = 100.0
        while let byte = next, byte >= 0x30, byte <= 0x39 {
            value += unit * Double(byte - 0x30)
            unit /= 10
            place += 1
        }
        if place == start { place -= 1 }
        return Int(value)
    }

    /// Milliseconds since midnight, minus the offset from UTC if there is one.
    mutating func timeOfDay() -> Int? {
        guard let hour = number(atMost: 2), let separator = next, separator == 0x3A || separator == 0x2E, accept(separator),
            let minute = number(atMost: 2), minute < 60
        else { return nil }
        var milliseconds = minute * 60_000
        let hasSeconds = accept(separator)
        // "12.30" is a number.
        guard hasSeconds || separator == 0x3A else { return nil }
        if hasSeconds {
            guard let second = number(atMost: 2), second <= 60 else { return nil }
            milliseconds += second * 1000 + fraction()
        }
        guard let hour = halfOfDay(hour), hour <= 24, hour < 24 || milliseconds == 0, let offset = offset() else { return nil }
        return milliseconds + hour * 3_600_000 - offset
    }

    /// The hour of 24, given an hour that AM or PM may follow.
    private mutating func halfOfDay(_ hour: Int) -> Int? {
        let start = place
        _ = accept(0x20)
        guard let half = next.map({ $0 | 0x20 }), half == 0x61 || half == 0x70, place + 1 < bytes.count, bytes[place + 1] | 0x20 == 0x6D else {
            place = start
            return hour
        }
        place += 2
        return (1...12).contains(hour) ? hour % 12 + (half == 0x70 ? 12 : 0) : nil
    }

    /// The offset in milliseconds for "Z", "+01:00", "-0530" or "+01"; 0 if there is none, nil if it is invalid.
    private mutating func offset() -> Int? {
        if isAtEnd || accept(0x5A) { return 0 }
        let start = place
        _ = accept(0x20)
        let isNegative = accept(0x2D)
        guard isNegative || accept(0x2B), let hours = number() else {
            place = start
            return isAtEnd ? 0 : nil
        }
        var minutes = hours.value * 60
        if hours.digits == 4 { minutes = hours.value / 100 * 60 + hours.value % 100 } else if accept(0x3A) {
            guard let rest = number(atMost: 2) else { return nil }
            minutes += rest
        }
        return minutes <= 15 * 60 ? minutes * (isNegative ? -60_000 : 60_000) : nil
    }
}
