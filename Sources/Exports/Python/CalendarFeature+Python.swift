import Datasets

extension CalendarFeature {
    /// The part of the period of the datetime `time` that has passed.
    var pythonPlace: String {
        switch self {
        case .hourOfDay: "(time.hour * 3600 + time.minute * 60 + time.second + time.microsecond / 1e6) / 86400"
        case .dayOfWeek: "time.weekday() / 7"
        case .dayOfMonth: "(time.day - 1) / calendar.monthrange(time.year, time.month)[1]"
        case .dayOfYear: "(time.timetuple().tm_yday - 1) / (365 + calendar.isleap(time.year))"
        }
    }

    var periodWords: String {
        switch self {
        case .hourOfDay: "day"
        case .dayOfWeek: "week"
        case .dayOfMonth: "month"
        case .dayOfYear: "year"
        }
    }
}
