namespace ChatModels.Providers;

/// <summary>A vendor that a provider type speaks to.</summary>
/// <param name="Name">What a provider's option <c>preset</c> says.</param>
/// <param name="Endpoint">The base address used where a provider names none.</param>
/// <param name="TelemetryName">The value of <c>gen_ai.provider.name</c> in telemetry.</param>
public sealed record ProviderPreset(string Name, Uri Endpoint, string TelemetryName);

/// <summary>What a provider's options mean, held against its type's presets and defaults.</summary>
internal static class ProviderPresets
{
    public const string Option = "preset";

    /// <summary>The option that names one of <paramref name="presets"/>.</summary>
    public static OptionSpec Spec(IReadOnlyList<ProviderPreset> presets) => new()
    {
        Name = Option,
        Kind = OptionKind.Text,
        Allowed = [.. presets.Select(preset => preset.Name)],
        Description = "The vendor behind it: sets the endpoint where none is given, and gen_ai.provider.name in telemetry.",
    };

    extension(ProviderMetadata type)
    {
        public Uri? EndpointOf(ProviderOptions options) => options.Endpoint ?? type.PresetOf(options)?.Endpoint ?? type.DefaultEndpoint;

        public string TelemetryNameOf(ProviderOptions options) => type.PresetOf(options)?.TelemetryName ?? type.TelemetryName ?? type.Name;

        private ProviderPreset? PresetOf(ProviderOptions options) =>
            type.Presets.Count > 0 && options.Values.ReadText(Option) is { } name ? type.Presets.FirstOrDefault(preset => preset.Name == name) : null;
    }
}
