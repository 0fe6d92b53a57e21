
namespace ChatModels.Providers;

/// <summary>Takes metadata over from whoever registers it: checked, and copied so deep that nobody else can change it.</summary>
internal static class ProviderMetadataCopy
{
    public static ProviderMetadata Checked(ProviderMetadata metadata)
    {
        if (!ProviderNames.IsValid(metadata.Name))
        {
            throw new ChatModelsException(
                "provider_types.register", ErrorCodes.InvalidName, ErrorCategory.Configuration,
                $"'{metadata.Name}' can't name a provider type; a name is {ProviderNames.Grammar}.");
        }

        var copy = metadata with
        {
            Capabilities = [.. metadata.Capabilities],
            Operations = [.. metadata.Operations.Distinct()],
            Options = Copy(metadata.Options),
            Presets = [.. metadata.Presets],
        };
        if (copy.Capabilities.FirstOrDefault(capability => !ModelCapabilities.All.Contains(capability)) is { } unknown)
        {
            throw Unfit(copy, $"'{unknown}' is no capability; use those of {nameof(ModelCapabilities)}.");
        }

        if (copy.Operations is [] || copy.Operations.Any(operation => !Enum.IsDefined(operation)))
        {
            throw Unfit(copy, $"{nameof(copy.Operations)} must name at least one operation, and only those of {nameof(UpstreamOperation)}.");
        }

        if (copy.CreationTimeout <= TimeSpan.Zero || copy.CreationTimeout > TimeSpan.FromMinutes(10))
        {
            throw Unfit(copy, $"{nameof(copy.CreationTimeout)} is {copy.CreationTimeout}; give more than zero and at most 10 minutes.");
        }

        RefuseTwins(copy, copy.Options);
        return copy;
    }

    private static IReadOnlyList<OptionSpec> Copy(IReadOnlyList<OptionSpec> options) =>
        [.. options.Select(option => option with { Allowed = [.. option.Allowed], Entries = Copy(option.Entries) })];

    private static void RefuseTwins(ProviderMetadata metadata, IReadOnlyList<OptionSpec> options)
    {
        if (options.GroupBy(option => option.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            throw Unfit(metadata, $"the option '{twins.Key}' is described twice.");
        }

        foreach (var option in options)
        {
            RefuseTwins(metadata, option.Entries);
        }
    }

    private static ArgumentException Unfit(ProviderMetadata metadata, string why) => new($"The metadata of provider type '{metadata.Name}' can't be used: {why}");
}
