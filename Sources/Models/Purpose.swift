/// What a pass is for. Training may regularise; inference, evaluation among it, never does.
public enum Purpose: Sendable { case inference, training }
