using ChatModels.Providers;
using ChatModels.Registry.Disk;
using ChatModels.Registry.Feed;
using ChatModels.Registry.Probes;
using ChatModels.Registry.Replicas;
using ChatModels.Registry.Seeding;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Validation;
using ChatModels.Registry.Writing;
using ChatModels.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace ChatModels.Registry;

/// <summary>Registers the registry.</summary>
internal static partial class RegistryExtensions
{
    /// <summary>Adds the registry with everything that keeps it up to date.</summary>
    public static TBuilder AddRegistry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        // Read once, not followed: a mistake made while the process runs must not throw at whoever reloads the configuration.
        services.AddOptionsWithValidateOnStart<RegistryOptions, RegistryOptionsValidator>()
            .Configure<IConfiguration>((options, configuration) => configuration.GetSection("ChatModels:Registry").Bind(options))
            .PostConfigure<IHostEnvironment, IConfiguration>(BornAtOnceWhereNobodyCanRestore);
        services.AddOptionsWithValidateOnStart<RegistrySeed, RegistrySeedValidator>();
        services.AddSingleton<IConfigureOptions<RegistrySeed>, SeedConfiguration>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new Chance(Random.Shared));
        services.TryAddSingleton(ChatProviderTypes.Global);
        services.TryAddSingleton<SecretStore>();
        services.TryAddSingleton(s => new ProviderServices(s.GetRequiredService<TimeProvider>(), s));
        services.TryAddSingleton(OpenStore);
        services.TryAddSingleton<IProbeBoard>(s => s.GetRequiredService<IRegistryStore>() is RedisRegistryStore redis ? redis.Probes : new MemoryProbeBoard());
        AddParts(services);
        services.AddSingleton<SteadyRun>();
        // Before the refresher: what the file has is then held against the store's first answer.
        services.AddHostedService(s => s.GetRequiredService<LastKnownGood>());
        services.AddHostedService(s => s.GetRequiredService<RegistryRefresher>());
        services.AddHostedService<ReplicaAnnouncer>();
        services.AddHealthChecks().AddCheck<RegistryHealthCheck>("registry", tags: ["ready"]);
        return builder;
    }

    private static void AddParts(IServiceCollection services)
    {
        services.TryAddSingleton<ReplicaIdentity>();
        services.TryAddSingleton<ProviderOptionsFactory>();
        services.TryAddSingleton<ProviderUsability>();
        services.TryAddSingleton<EntryBuilder>();
        services.TryAddSingleton<SnapshotBuilder>();
        services.TryAddSingleton<ProviderValidator>();
        services.TryAddSingleton<RegistryValidator>();
        services.TryAddSingleton<LiveRegistry>();
        services.TryAddSingleton<RegistrySynchronizer>();
        services.TryAddSingleton<WriteChecks>();
        services.TryAddSingleton<WritePreparer>();
        services.TryAddSingleton<WriteAttempts>();
        services.TryAddSingleton<RegistryWriter>();
        services.TryAddSingleton<RestoreTurn>();
        services.TryAddSingleton<EmptyStore>();
        services.TryAddSingleton<RegistryRefresher>();
        services.TryAddSingleton<LastKnownGood>();
        services.TryAddSingleton<LogFeed>();
        services.TryAddSingleton<RegistryFeed>();
        services.TryAddSingleton<ReplicaDirectory>();
        services.TryAddSingleton<RegistryMetrics>();
        services.TryAddSingleton(s => new ModelRegistry(
            s.GetRequiredService<LiveRegistry>(), s.GetRequiredService<RegistryWriter>(), s.GetRequiredService<RegistrySynchronizer>(), s.GetRequiredService<ReplicaDirectory>()));
    }

    // Waiting for a process that restores makes sense only where there can be one.
    private static void BornAtOnceWhereNobodyCanRestore(RegistryOptions options, IHostEnvironment environment, IConfiguration configuration)
    {
        if (environment.IsDevelopment() || Choose(options, environment, configuration) == RegistryStoreKind.Memory)
        {
            options.BirthDelay = TimeSpan.Zero;
        }
    }

    private static string? Choose(RegistryOptions options, IHostEnvironment environment, IConfiguration configuration) =>
        RegistryStoreKind.Choose(options, !string.IsNullOrEmpty(configuration.GetConnectionString("redis")), environment.IsDevelopment());

    private static IRegistryStore OpenStore(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<RegistryOptions>>().Value;
        var configuration = services.GetRequiredService<IConfiguration>();
        var time = services.GetRequiredService<TimeProvider>();
        if (Choose(options, services.GetRequiredService<IHostEnvironment>(), configuration) == RegistryStoreKind.Redis)
        {
            return new RedisRegistryStore(Connect(services, configuration), options.Name, time, services.GetRequiredService<ILogger<RedisRegistryStore>>());
        }

        LogInMemory(services.GetRequiredService<ILogger<ModelRegistry>>());
        return new InMemoryRegistryStore(time);
    }

    private static RedisConnections Connect(IServiceProvider services, IConfiguration configuration)
    {
        var connectionString = configuration.GetConnectionString("redis")!;
        return services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IConnectionMultiplexer))
            ? new RedisConnections(services.GetRequiredService<IConnectionMultiplexer>, ConfigurationOptions.Parse(connectionString))
            : new RedisConnections(connectionString);
    }

    [LoggerMessage(1001, LogLevel.Warning, "The registry is kept in the memory of this process alone, and ends with it; set ConnectionStrings:redis to share and keep it")]
    private static partial void LogInMemory(ILogger logger);
}
