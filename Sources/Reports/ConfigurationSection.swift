import Configuration
import StrictJSON
import Training

/// A run's configuration with all defaults filled in; values that differ from defaults are marked.
struct ConfigurationSection {
    let configuration: Configuration

    func write(on page: inout Page) {
        let keys = ConfigurationKey.table.filter { $0.applies(to: configuration) }
        let rows = keys.map { key in
            let value = key.value(in: configuration)
            let isOwn = key.standard.map { $0 != value } ?? true
            return Table.Row(
                cells: [
                    .init(key.dottedName), .init(value.serialized(), isMarked: isOwn), .init(key.standard.map { $0.serialized() } ?? "required"), .init(key.meaning),
                ], isStrong: isOwn)
        }
        page.paragraph("Keys that differ from their default are marked.")
        page.table(
            Table(
                columns: [.init(name: "key", isCode: true), .init(name: "value", isCode: true), .init(name: "default", isCode: true), .init(name: "meaning", isProse: true)],
                rows: rows))
    }
}
