namespace ChatModels.Providers;

/// <summary>What a health check of a provider found.</summary>
/// <param name="Healthy">Whether it answered as it should.</param>
/// <param name="Reason">Why it is not healthy, as a sentence without secrets; null when it is.</param>
public sealed record ProviderHealth(bool Healthy, string? Reason = null)
{
    /// <summary>Whether it answered in a way that says nothing about requests, such as having no model list: then nobody stays away from it.</summary>
    public bool IsInconclusive { get; init; }
    /// <summary>The ids of the models that it has; null where it was not asked for them.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>A provider that answered as it should.</summary>
    public static ProviderHealth Ok { get; } = new(true);
}
