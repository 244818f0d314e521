public import Configuration
public import Datasets
import StrictJSON

extension Configuration {
    /// How the data are read, as far as their prepared form depends on it.
    /// - Parameters:
    ///   - kind: of the form.
    ///   - keys: whose values it depends on, with their section.
    ///   - others: keys of which it depends on a property alone, with that.
    ///   - further: files beside the data's.
    func preparedReading(kind: String, keys: [String], others: [JSONMember] = [], sources further: [PreparedSource] = []) -> PreparedReading {
        let settings = ConfigurationKey.table.filter { keys.contains($0.dottedName) }.map { JSONMember(key: $0.dottedName, value: $0.value(in: self)) }
        let sources = [("data.files", data.files), ("data.validationFiles", data.validationFiles), ("data.testFiles", data.testFiles)]
        return PreparedReading(kind: kind, settings: settings + others, sources: sources.flatMap { key, paths in paths.map { PreparedSource(key: key, path: $0) } } + further)
    }

    /// Writes the data in binary to a file, for `data.prepared`.
    /// - Parameters:
    ///   - path: of the file; one that is there is replaced.
    ///   - command: the command that writes it, for messages.
    /// - Throws: ``TrainingError/hasNoPreparedForm(kind:)`` for kinds of data without one, or why the data can't be read or written.
    public func prepareData(to path: String, command: String) throws -> PreparedFacts {
        guard let facts = try source.prepare(to: path, command: command) else { throw TrainingError.hasNoPreparedForm(kind: data.kindName) }
        return facts
    }
}
