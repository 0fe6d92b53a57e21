using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatModels.Providers.InProcess;

/// <summary>The type <c>chat-client</c>: any <see cref="IChatClient"/> that this process was given in code, by name.</summary>
internal static class ChatClientProviderType
{
    public static ProviderMetadata Metadata { get; } = new()
    {
        Name = "chat-client",
        Description = "An IChatClient given in code: AddChatModels(options => options.ChatClients[\"name\"] = services => ...), or a keyed service.",
        Capabilities =
        [
            ModelCapabilities.Chat, ModelCapabilities.Streaming, ModelCapabilities.Tools, ModelCapabilities.Vision, ModelCapabilities.Audio,
            ModelCapabilities.StructuredOutput, ModelCapabilities.Reasoning,
        ],
        Endpoint = FieldUse.Refused,
        ApiKey = FieldUse.Refused,
        Options = [new() { Name = "client", Kind = OptionKind.Text, Required = true, Description = "The name under which the client was added." }],
    };

    public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var name = options.Values.ReadText("client")!;
        var logs = services.Services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        return ValueTask.FromResult<IChatProvider>(
            new ChatClientProvider(options.Id, Find(name, services.Services), services.Time, logs.CreateLogger<ChatClientProvider>()));
    }

    private static IChatClient Find(string name, IServiceProvider? services)
    {
        if (services?.GetKeyedService<NamedChatClient>(name) is { } named)
        {
            return named.Client;
        }

        // Every name gives a client of the registry's own model; that one would ask itself.
        return services is IKeyedServiceProvider && services.GetKeyedService<IChatClient>(name) is { } client and not InProcessChatClient
            ? client
            : throw new InvalidOperationException(
                $"This process has no chat client '{name}'. Add it: AddChatModels(options => options.ChatClients[\"{name}\"] = services => ...), or as a keyed IChatClient.");
    }
}

/// <summary>A client from <see cref="ChatModelsOptions.ChatClients"/>; whoever made it disposes it.</summary>
internal sealed record NamedChatClient(IChatClient Client);
