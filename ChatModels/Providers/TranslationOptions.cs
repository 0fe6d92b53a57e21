namespace ChatModels.Providers;

/// <summary>Options of provider types whose protocol differs from what some callers speak: the chat path reads them when it translates.</summary>
internal static class TranslationOptions
{
    public static OptionSpec DropUnsupported { get; } = new()
    {
        Name = "dropUnsupported",
        Kind = OptionKind.Boolean,
        Description = "When a request is translated, leave out parameters that the provider's protocol lacks instead of refusing them with 400; false where absent.",
    };

    public static OptionSpec Thinking { get; } = new()
    {
        Name = "thinking",
        Kind = OptionKind.Text,
        Allowed = ["budget", "adaptive", "never"],
        Description = "What a translated reasoning_effort becomes: a token budget for thinking (budget, the default), adaptive thinking with that effort (adaptive, for models that take no budget), or nothing (never).",
    };
}
