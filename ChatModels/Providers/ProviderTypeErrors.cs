namespace ChatModels.Providers;

/// <summary>The errors of <see cref="ChatProviderTypes"/>, each with its code and its cure.</summary>
internal static class ProviderTypeErrors
{
    private const string Create = "provider_types.create";

    public static ChatModelsException AlreadyRegistered(string name) => new(
        "provider_types.register", ErrorCodes.ProviderAlreadyRegistered, ErrorCategory.Configuration,
        $"A provider type '{name}' is registered already. Give the new one another name, or unregister the old one first.")
    { Provider = name };

    public static ChatModelsException Unknown(string name, IReadOnlyList<ProviderMetadata> known) => new(
        "provider_types.resolve", ErrorCodes.ProviderTypeUnknown, ErrorCategory.Configuration, UnknownMessage(name, known))
    { Provider = name };

    public static string UnknownMessage(string name, IReadOnlyList<ProviderMetadata> known) => known.Count == 0
        ? $"This process has no provider type '{name}', nor any other. Register it at start-up."
        : $"This process has no provider type '{name}'. It has: {string.Join(", ", known.Select(type => type.Name))}.";

    public static ChatModelsException InvalidOptions(string id, string type, IReadOnlyList<ValidationIssue> issues) => new(
        Create, ErrorCodes.ProviderOptionsInvalid, ErrorCategory.Configuration,
        $"Provider '{id}' can't be created as '{type}': {string.Join(" ", issues.Select(issue => $"{issue.Path}: {issue.Message}"))}")
    {
        Provider = id,
        Issues = issues,
    };

    public static ChatModelsException TimedOut(string id, ProviderMetadata type) => new(
        Create, ErrorCodes.ProviderCreationTimeout, ErrorCategory.Upstream,
        $"Provider '{id}' was not created within the {type.CreationTimeout} that its type '{type.Name}' allows; its creation was cancelled.")
    {
        Provider = id,
        Retryable = true,
    };

    public static ChatModelsException Failed(string id, ProviderMetadata type, Exception? cause) => new(
        Create, ErrorCodes.ProviderCreationFailed, ErrorCategory.Configuration,
        $"Provider '{id}' could not be created as '{type.Name}': {cause?.Message ?? "the type's creator returned nothing."}", cause)
    {
        Provider = id,
    };

    public static ChatModelsException Unhealthy(string id, string reason, Exception? cause) => new(
        Create, ErrorCodes.ProviderUnhealthy, ErrorCategory.Upstream, $"Provider '{id}' was created but is not healthy: {reason}", cause)
    {
        Provider = id,
        Retryable = true,
    };
}
