using ChatModels.Chat.Health;
using ChatModels.Chat.Probing;
using ChatModels.Providers.InProcess;
using ChatModels.Registry;
using ChatModels.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ChatModels.Chat;

internal static class ChatRegistration
{
    /// <summary>The chat path, and an <see cref="IChatClient"/> and an <see cref="IChatModel"/> for every model as keyed services: <c>[FromKeyedServices("gpt-4o")] IChatModel model</c>.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services, IConfiguration configuration)
    {
        // Read once, not followed: a mistake made while the process runs must not throw at whoever reloads the configuration.
        services.AddOptionsWithValidateOnStart<ChatPathOptions, ChatPathOptionsValidator>().Configure(options => configuration.GetSection("ChatModels:Chat").Bind(options));
        services.AddOptionsWithValidateOnStart<MetricOptions, MetricOptionsValidator>().Configure(options =>
        {
            configuration.GetSection("ChatModels:Telemetry").Bind(options);
            options.Buffered &= !MetricBuffer.WantsExemplars(configuration);
        });
        services.AddOptionsWithValidateOnStart<ContentOptions, ContentOptionsValidator>().Configure(options =>
        {
            configuration.GetSection("ChatModels:Telemetry").Bind(options);
            options.Capture = bool.TryParse(configuration[ContentOptions.Variable], out var capture) && capture; // Nothing else switches it on.
        });
        services.TryAddSingleton<MetricNames>();
        services.TryAddSingleton<MetricBuffer>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricBuffer>());
        services.TryAddSingleton<HealthLog>();
        services.TryAddSingleton<DeploymentTable>();
        services.AddHostedService<DeploymentFollower>();
        services.AddHostedService<ProviderMetrics>();
        services.AddOptionsWithValidateOnStart<ProbeOptions, ProbeOptionsValidator>().Configure(options => configuration.GetSection("ChatModels:Probes").Bind(options));
        services.TryAddSingleton<ProbeTable>();
        services.TryAddSingleton<ProviderProbe>();
        services.TryAddSingleton<ProviderProbes>();
        services.AddHostedService<ProbeRefresher>();
        services.TryAddSingleton(provider => new ChatPipeline(
            provider.GetRequiredService<ModelRegistry>(),
            provider.GetRequiredService<DeploymentTable>(),
            provider.GetRequiredService<IOptions<ChatPathOptions>>(),
            provider.GetRequiredService<IOptions<ContentOptions>>(),
            provider.GetRequiredService<MetricBuffer>(),
            provider.GetRequiredService<TimeProvider>(),
            Random.Shared));
        services.TryAddSingleton(provider => new ChatClients(provider.GetRequiredService<ChatPipeline>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddKeyedTransient<IChatClient>(KeyedService.AnyKey, (provider, key) => provider.GetRequiredService<ChatClients>().Get((string)key!));
        services.TryAddKeyedTransient<IChatModel>(KeyedService.AnyKey, (provider, key) => provider.GetRequiredService<ChatClients>().GetModel((string)key!));
        return services;
    }

    /// <summary>The host's own chat clients, each made once, by the first provider that names it.</summary>
    public static IServiceCollection AddNamedChatClients(this IServiceCollection services, IEnumerable<KeyValuePair<string, Func<IServiceProvider, IChatClient>>> clients)
    {
        foreach (var (name, create) in clients)
        {
            services.AddKeyedSingleton(name, (provider, _) => new NamedChatClient(create(provider)));
        }

        return services;
    }
}
