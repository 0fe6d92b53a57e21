using ChatModels.Providers;
using Microsoft.Extensions.AI;

namespace ChatModels;

/// <summary>What a host decides in code when it adds ChatModels; everything else is configuration.</summary>
public sealed class ChatModelsOptions
{
    /// <summary>The provider types of this process; <see cref="ChatProviderTypes.Global"/> unless a host brings its own.</summary>
    public ChatProviderTypes ProviderTypes { get; set; } = ChatProviderTypes.Global;

    /// <summary>Chat clients of this process' own, by the name that a provider of type <c>chat-client</c> gives in its option <c>client</c>.</summary>
    /// <remarks>Each is made once, by the first request that needs it, used by any number of threads, and not disposed: whoever made it owns it.</remarks>
    public IDictionary<string, Func<IServiceProvider, IChatClient>> ChatClients { get; } = new Dictionary<string, Func<IServiceProvider, IChatClient>>(StringComparer.Ordinal);

    /// <summary>What the process does in the fleet, as the list of replicas shows it.</summary>
    public string Role { get; set; } = "app";

    /// <summary>Whether the process offers itself to probe the providers, which one process does for the whole fleet; settings are under <c>ChatModels:Probes</c>.</summary>
    public bool ProbesProviders { get; set; }
}
