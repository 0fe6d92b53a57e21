namespace ChatModels.Providers;

/// <summary>What to look for among the provider types; a type is found when all that is set holds.</summary>
public sealed record ProviderTypeQuery
{
    /// <summary>The type has all of these, from <c>ModelCapabilities</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>Whether the type takes an endpoint, required or not.</summary>
    public bool? TakesEndpoint { get; init; }

    /// <summary>The type's name begins with this, compared ordinally.</summary>
    public string? NamePrefix { get; init; }

    internal bool Matches(ProviderMetadata type) =>
        Capabilities.All(capability => type.Capabilities.Contains(capability, StringComparer.Ordinal))
        && (TakesEndpoint is not { } takes || takes == type.Endpoint is not FieldUse.Refused)
        && (NamePrefix is not { } prefix || type.Name.StartsWith(prefix, StringComparison.Ordinal));
}
