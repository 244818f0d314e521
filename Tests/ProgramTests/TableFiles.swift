import Foundation
import Testing

/// Typical tables of users, modelled on those of tutorials.
enum TableFile: String, CaseIterable, CustomTestStringConvertible {
    case passengers = "passengers.csv"
    case temperatures = "temperatures.csv"
    case shampoo = "shampoo.tsv"
    case air = "air.csv"
    case stock = "stock.csv"
    case household = "household.csv"
    case pollution = "pollution.csv"
    case pandas = "pandas.csv"

    var testDescription: String { rawValue }

    /// Keys that init must set, since training rejects the table without them.
    var choices: [String: String] {
        switch self {
        case .temperatures, .stock, .household, .pollution: ["missing": "fill"]
        case .passengers, .shampoo, .air, .pandas: [:]
        }
    }

    /// Notes that init and a dry run must print.
    var notes: [String] {
        switch self {
        case .passengers: ["a footer is left out: line 147"]
        case .temperatures: ["a footer is left out: line 403", "3 values are missing in 3 of 400 rows", "the first is \"?0.4\" in line 202"]
        case .shampoo: ["fields are separated by tabs", "a footer is left out: line 39"]
        case .air: ["fields are separated by semicolons, decimals by a comma"]
        case .stock: ["1 line is not a row of numbers and is left out: line 123 (\"2015-07-01, 0.77", "is \"null\" in line 62"]
        case .household: ["fields are separated by semicolons, decimals by a point", "is \"?\" in line 202"]
        case .pollution: ["the first is \"NA\" in line 2", "the first 24 rows left out"]
        case .pandas: []
        }
    }

    /// Columns that init must leave out, with the reasons that it prints.
    var leftOut: String {
        switch self {
        case .passengers, .temperatures, .stock: "(dates or times)"
        case .shampoo: "'Month' (text, such as \"1-01\")"
        case .air: "'Date', 'Time' (dates or times), column 5, column 6 (no name)"
        case .household: "'Date', 'Time' (dates or times)"
        case .pollution: "'No' (counts the rows), 'year' (dates or times), 'month' (the same in every row)"
        case .pandas: "column 1 (no name), 'date' (dates or times)"
        }
    }

    var text: String {
        switch self {
        case .passengers:
            let title = "International airline passengers: monthly totals in thousands. Jan 49 ? Dec 60"
            return "\"Month\",\"\(title)\"\n" + rows(144) { "\"\(1949 + $0 / 12)-\(two($0 % 12 + 1))\",\(112 + 3 * $0 + wave($0, 12))" } + "\n\(title)\n\n"
        case .temperatures:
            let title = "Daily minimum temperatures in Melbourne, Australia, 1981-1990"
            return "\"Date\",\"\(title)\"\n" + rows(400) { "\"\(date($0, from: 1981))\",\([200, 300, 301].contains($0) ? "?0.\($0 % 7)" : "\(10 + wave($0, 365)).\($0 % 10)")" }
                + "\n\(title)\n"
        case .shampoo:
            let title = "Sales of shampoo over a three year period"
            return "\"Month\"\t\"\(title)\"\n" + rows(36) { "\"\($0 / 12 + 1)-\(two($0 % 12 + 1))\"\t\(200 + 9 * $0 + $0 * 37 % 90).\($0 % 10)" } + "\n\(title)\n\n"
        case .air:
            return "Date;Time;CO(GT);C6H6(GT);;\r\n"
                + rows(300, end: "\r\n") { "\(10 + $0 / 24)/03/2004;\(two($0 % 24)).00.00;\($0 % 7),\($0 % 10);\(wave($0, 24)),\($0 % 9);;" }
                + String(repeating: ";;;;;\r\n", count: 4)
        case .stock:
            return "Date,Open,Close,Volume\n" + rows(260) { day in
                let date = date(day / 5 * 7 + day % 5, from: 2015)
                let row = [60, 61, 200].contains(day) ? "\(date),null,null,null" : "\(date),\(100 + wave(day, 40)).25,\(101 + wave(day + 1, 40)).5,\(9000 + day * 37 % 500)"
                return row + (day == 120 ? "\n\(date),0.77 Dividend" : "")
            }
        case .household:
            return "Date;Time;Global_active_power;Voltage\n" + rows(400) { minute in
                let time = "16/12/2006;\(two(17 + minute / 60)):\(two(minute % 60)):00;"
                return time + ((200..<205).contains(minute) ? "?;" : "\(1 + minute % 4).\(minute % 10)16;\(230 + wave(minute, 60)).840")
            }
        case .pollution:
            return "No,year,month,day,hour,pm2.5,DEWP,cbwd\n" + rows(400) { hour in
                let value = hour < 24 || hour == 100 ? "NA" : "\(90 + wave(hour, 24))"
                return "\(hour + 1),2010,1,\(1 + hour / 24),\(hour % 24),\(value),\(hour % 11 - 20),\(["NW", "cv", "SE"][hour / 50 % 3])"
            }
        case .pandas:
            return ",date,open,close\n" + rows(200) { "\($0),\(date($0, from: 2019)),\(10 + wave($0, 30)).\($0 % 10),\(10 + wave($0 + 1, 30)).5" }
        }
    }

    private func rows(_ count: Int, end: String = "\n", _ row: (Int) -> String) -> String { (0..<count).map { row($0) + end }.joined() }
    private func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    private func wave(_ step: Int, _ period: Int) -> Int { Int((9 * sin(2 * Double.pi * Double(step) / Double(period))).rounded()) + step * 37 % 3 }

    /// A day in months of 28 days; each year has 13 of them, of which the last is left out.
    private func date(_ day: Int, from year: Int) -> String { "\(year + day / 336)-\(two(day % 336 / 28 + 1))-\(two(day % 28 + 1))" }
}
