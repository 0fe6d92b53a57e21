using ChatModels.Providers;

namespace ChatModels;

/// <summary>What a host decides in code when it adds ChatModels; everything else is configuration.</summary>
public sealed class ChatModelsOptions
{
    /// <summary>The provider types of this process; <see cref="ChatProviderTypes.Global"/> unless a host brings its own.</summary>
    public ChatProviderTypes ProviderTypes { get; set; } = ChatProviderTypes.Global;

    /// <summary>What the process does in the fleet, as the list of replicas shows it.</summary>
    public string Role { get; set; } = "app";

    /// <summary>Whether the process offers itself to probe the providers, which one process does for the whole fleet; settings are under <c>ChatModels:Probes</c>.</summary>
    public bool ProbesProviders { get; set; }
}
