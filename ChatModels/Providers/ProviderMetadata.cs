namespace ChatModels.Providers;

/// <summary>Describes a provider type: what it can do, and which options it takes.</summary>
public sealed record ProviderMetadata
{
    /// <summary>The type's name: <c>[a-z0-9][a-z0-9-]{0,62}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for people who choose a type.</summary>
    public required string Description { get; init; }

    /// <summary>What its models can do, from <c>ModelCapabilities</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>The operations that its providers serve in their own wire format. The chat path translates others to these where it can.</summary>
    public IReadOnlyList<UpstreamOperation> Operations { get; init; } = [UpstreamOperation.ChatCompletions];

    /// <summary>The value of <c>gen_ai.provider.name</c> in telemetry; <see cref="Name"/> where absent.</summary>
    public string? TelemetryName { get; init; }

    /// <summary>The base address used where a provider names none.</summary>
    public Uri? DefaultEndpoint { get; init; }

    /// <summary>Whether <c>endpoint</c> and <c>apiKey</c> are required, taken or refused.</summary>
    public FieldUse Endpoint { get; init; }

    /// <summary>Whether an <c>apiKey</c> is required, taken or refused.</summary>
    public FieldUse ApiKey { get; init; }

    /// <summary>The options that only this type knows, by name.</summary>
    public IReadOnlyList<OptionSpec> Options { get; init; } = [];

    /// <summary>Vendors that this type speaks to, by name: a provider that names one in its option <c>preset</c> gets its endpoint and its name in telemetry.</summary>
    public IReadOnlyList<ProviderPreset> Presets { get; init; } = [];

    /// <summary>How long a creator may take before it is cancelled.</summary>
    public TimeSpan CreationTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Whether a field is taken.</summary>
public enum FieldUse
{
    /// <summary>It may be given.</summary>
    Optional,

    /// <summary>It must be given.</summary>
    Required,

    /// <summary>It must not be given.</summary>
    Refused,
}

/// <summary>Describes one option of a provider type.</summary>
public sealed record OptionSpec
{
    /// <summary>Its name in the JSON, in camelCase.</summary>
    public required string Name { get; init; }

    /// <summary>What values it takes.</summary>
    public required OptionKind Kind { get; init; }

    /// <summary>One sentence: what it does, its unit, its default.</summary>
    public required string Description { get; init; }

    /// <summary>Whether it must be given.</summary>
    public bool Required { get; init; }

    /// <summary>The values allowed, for text; any where empty.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>The least number allowed (seconds, for a duration).</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest number allowed (seconds, for a duration).</summary>
    public double? Maximum { get; init; }

    /// <summary>For a map: the options that each of its values takes.</summary>
    public IReadOnlyList<OptionSpec> Entries { get; init; } = [];
}

/// <summary>What values an option takes.</summary>
public enum OptionKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A time span, as <c>hh:mm:ss.fff</c>.</summary>
    Duration,

    /// <summary>An object whose keys are free and whose values are objects of <see cref="OptionSpec.Entries"/>.</summary>
    Map,
}
