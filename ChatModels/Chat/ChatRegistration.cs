using ChatModels.Chat.Health;
using ChatModels.Chat.Probing;
using ChatModels.Registry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat;

internal static class ChatRegistration
{
    /// <summary>The chat path, and an <see cref="IChatClient"/> for every model as a keyed service: <c>[FromKeyedServices("gpt-4o")] IChatClient client</c>.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services, IConfiguration configuration)
    {
        // Read once, not followed: a mistake made while the process runs must not throw at whoever reloads the configuration.
        services.AddOptionsWithValidateOnStart<ChatPathOptions, ChatPathOptionsValidator>().Configure(options => configuration.GetSection("ChatModels:Chat").Bind(options));
        services.TryAddSingleton<HealthLog>();
        services.TryAddSingleton<DeploymentTable>();
        services.AddHostedService<DeploymentFollower>();
        services.AddOptionsWithValidateOnStart<ProbeOptions, ProbeOptionsValidator>().Configure(options => configuration.GetSection("ChatModels:Probes").Bind(options));
        services.TryAddSingleton<ProbeTable>();
        services.TryAddSingleton<ProviderProbe>();
        services.TryAddSingleton<ProviderProbes>();
        services.AddHostedService<ProbeRefresher>();
        services.TryAddSingleton(provider => new ChatPipeline(
            provider.GetRequiredService<ModelRegistry>(),
            provider.GetRequiredService<DeploymentTable>(),
            provider.GetRequiredService<IOptions<ChatPathOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            Random.Shared));
        services.TryAddSingleton(provider => new ChatClients(provider.GetRequiredService<ChatPipeline>()));
        services.TryAddKeyedTransient<IChatClient>(KeyedService.AnyKey, (provider, key) => provider.GetRequiredService<ChatClients>().Get((string)key!));
        return services;
    }
}
