using ChatModels.Providers;

namespace ChatModels.Registry.Snapshots;

/// <summary>Decides whether this process can use a provider. Fleets are mixed during upgrades, so "no" concerns this process alone.</summary>
internal sealed class ProviderUsability(ChatProviderTypes types, ProviderOptionsFactory factory, ProviderServices services)
{
    /// <summary>The slot for a provider; the one that <paramref name="previous"/> has where the connection is the same. No slot, and the reason, where it can't be used.</summary>
    public (ProviderSlot? Slot, string? Unusable) Judge(string id, ProviderConfig config, ProviderEntry? previous)
    {
        var kept = previous?.Slot is { } slot && ProviderConnection.Same(previous.Config, config) ? slot : null;
        if (string.IsNullOrEmpty(config.Type) || !types.TryResolve(config.Type, out _))
        {
            return (null, $"this process has no provider type '{config.Type}'");
        }

        var options = kept?.Options ?? factory.Create(id, config);
        if (Missing(options) is { Length: > 0 } missing)
        {
            return (null, $"this process has no value for {missing}");
        }

        // A slot's options were checked when it was made.
        return kept is null && types.Validate(config.Type, options) is [var issue, ..]
            ? (null, $"{issue.Path}: {issue.Message}")
            : (kept ?? new ProviderSlot(config.Type, options, types, services), null);
    }

    private static string Missing(ProviderOptions options) => string.Join(", ", options.Headers.Values.Select(h => h.Secret)
        .Prepend(options.ApiKey)
        .Where(s => s is not null && string.IsNullOrEmpty(s.Value))
        .Select(s => $"the secret '{s!.Name}'")
        .Distinct(StringComparer.Ordinal));
}
