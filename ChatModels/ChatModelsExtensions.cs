using ChatModels;
using ChatModels.Chat;
using ChatModels.Chat.Probing;
using ChatModels.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds ChatModels to a host.</summary>
public static class ChatModelsExtensions
{
    /// <summary>Adds the registry of providers and models, and the chat path on top of it: in process through <see cref="ChatClients"/> or keyed <c>IChatModel</c>s and <c>IChatClient</c>s.</summary>
    /// <remarks>
    /// The registry's store is the Redis of <c>ConnectionStrings:redis</c>, on the host's own connection where it registered one. A mistake in the
    /// configuration under <c>ChatModels</c> stops the start and names the key and the cure.
    /// </remarks>
    public static TBuilder AddChatModels<TBuilder>(this TBuilder builder, Action<ChatModelsOptions>? configure = null)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new ChatModelsOptions();
        configure?.Invoke(options);

        builder.Services.TryAddSingleton(options.ProviderTypes);
        builder.Services.Configure<RegistryOptions>(registry => registry.Role = options.Role);
        builder.AddRegistry();
        builder.Services.AddChat(builder.Configuration);
        if (options.ProbesProviders)
        {
            builder.Services.AddHostedService<ProviderProber>();
        }

        builder.Services.AddNamedChatClients(options.ChatClients);
        return builder;
    }
}
