using System.Text.Json;
using System.Text.Json.Serialization;
using ChatModels.Providers;

namespace ChatModels.Api.Wire;

internal sealed record ProviderTypeList(IReadOnlyList<ProviderTypeView> ProviderTypes);

/// <summary>An adapter in this build: what a provider of this type can do, and what it takes.</summary>
internal sealed record ProviderTypeView
{
    /// <summary>What a provider's <c>type</c> says.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for people who choose a type.</summary>
    public required string Description { get; init; }

    /// <summary>What its models can do.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>What its providers serve in their own wire format; the rest is translated where it can be.</summary>
    public required IReadOnlyList<string> Operations { get; init; }

    /// <summary>The value of <c>gen_ai.provider.name</c> in telemetry.</summary>
    public required string TelemetryName { get; init; }

    /// <summary>The base address where a provider names none.</summary>
    public string? DefaultEndpoint { get; init; }

    /// <summary>Whether <c>endpoint</c> is taken.</summary>
    [JsonConverter(typeof(CamelCaseEnum<FieldUse>))]
    public required FieldUse Endpoint { get; init; }

    /// <summary>Whether <c>apiKey</c> is taken.</summary>
    [JsonConverter(typeof(CamelCaseEnum<FieldUse>))]
    public required FieldUse ApiKey { get; init; }

    /// <summary>What stands under <c>options</c>.</summary>
    public required IReadOnlyList<OptionView> Options { get; init; }

    /// <summary>The vendors that the option <c>preset</c> may name.</summary>
    public IReadOnlyList<PresetView>? Presets { get; init; }

    public static ProviderTypeView Of(ProviderMetadata type) => new()
    {
        Name = type.Name,
        Description = type.Description,
        Capabilities = type.Capabilities,
        Operations = [.. type.Operations.Select(NameOf)],
        TelemetryName = type.TelemetryName ?? type.Name,
        DefaultEndpoint = type.DefaultEndpoint?.OriginalString,
        Endpoint = type.Endpoint,
        ApiKey = type.ApiKey,
        Options = [.. type.Options.Select(OptionView.Of)],
        Presets = type.Presets is [] ? null : [.. type.Presets.Select(preset => new PresetView(preset.Name, preset.Endpoint.OriginalString, preset.TelemetryName))],
    };

    private static string NameOf(UpstreamOperation operation) => JsonNamingPolicy.CamelCase.ConvertName(operation.ToString());
}

/// <summary>A vendor that a provider type speaks to.</summary>
/// <param name="Name">What the option <c>preset</c> says.</param>
/// <param name="Endpoint">The base address used where a provider names none.</param>
/// <param name="TelemetryName">The value of <c>gen_ai.provider.name</c> in telemetry.</param>
internal sealed record PresetView(string Name, string Endpoint, string TelemetryName);

/// <summary>One option of a provider type.</summary>
internal sealed record OptionView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What values it takes; a duration is <c>hh:mm:ss.fff</c>.</summary>
    [JsonConverter(typeof(CamelCaseEnum<OptionKind>))]
    public required OptionKind Kind { get; init; }

    /// <summary>What it does.</summary>
    public required string Description { get; init; }

    /// <summary>Whether it must be given.</summary>
    public required bool Required { get; init; }

    /// <summary>The texts allowed; any where absent.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>The least number allowed; seconds, for a duration.</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest number allowed; seconds, for a duration.</summary>
    public double? Maximum { get; init; }

    /// <summary>For a map: the options that each of its values takes.</summary>
    public IReadOnlyList<OptionView>? Entries { get; init; }

    public static OptionView Of(OptionSpec option) => new()
    {
        Name = option.Name,
        Kind = option.Kind,
        Description = option.Description,
        Required = option.Required,
        Allowed = option.Allowed is [] ? null : option.Allowed,
        Minimum = option.Minimum,
        Maximum = option.Maximum,
        Entries = option.Entries is [] ? null : [.. option.Entries.Select(Of)],
    };
}
