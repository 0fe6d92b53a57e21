using ChatModels.Batches.Files;
using ChatModels.Batches.Running;
using ChatModels.Batches.Stores;
using ChatModels.Chat;
using ChatModels.Registry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatModels.Batches;

/// <summary>Registers files and batches.</summary>
internal static class BatchesExtensions
{
    /// <summary>Adds the files and the batches that there are. Where the registry is in memory, they are too, and this process runs them, since no other can.</summary>
    public static TBuilder AddBatches<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        services.AddOptionsWithValidateOnStart<BatchOptions, BatchOptionsValidator>().Configure<IConfiguration>((options, configuration) => configuration.GetSection(BatchOptions.Section).Bind(options));
        services.AddOptionsWithValidateOnStart<FileStoreOptions, FileStoreOptionsValidator>().Configure<IConfiguration>((options, configuration) => configuration.GetSection(FileStoreOptions.Section).Bind(options));
        services.TryAddSingleton(OpenStore);
        services.TryAddSingleton(OpenFiles);
        services.TryAddSingleton<FileCatalogue>();
        services.TryAddSingleton<BatchCatalogue>();
        if (!IsShared(builder.Configuration))
        {
            builder.AddBatchRunner();
        }

        return builder;
    }

    /// <summary>Lets this process run batches.</summary>
    public static TBuilder AddBatchRunner<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        services.TryAddSingleton<IModelNames, RegistryModelNames>();
        services.TryAddSingleton<ILineCaller>(s => new ChatLineCaller(s.GetRequiredService<ChatPipeline>()));
        services.TryAddSingleton<BatchSweeper>();
        services.TryAddSingleton<QueueMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BatchWorker>());
        return builder;
    }

    private static bool IsShared(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration.GetConnectionString("redis")) && configuration["ChatModels:Registry:Store"] is not RegistryStoreKind.Memory;

    private static IBatchStore OpenStore(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var time = services.GetRequiredService<TimeProvider>();
        return IsShared(configuration)
            ? new RedisBatchStore(configuration.GetConnectionString("redis")!, services.GetRequiredService<IOptions<RegistryOptions>>().Value.Name, time)
            : new InMemoryBatchStore(time);
    }

    private static IFileStore OpenFiles(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<FileStoreOptions>>().Value;
        var (time, chance) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<Chance>());
        return options.Directory is { } directory ? new DirectoryFileStore(directory, options.Capacity, chance)
            : services.GetRequiredService<IBatchStore>() is RedisBatchStore redis
                ? new RedisFileStore(redis.Link, new FileKeys(services.GetRequiredService<IOptions<RegistryOptions>>().Value.Name), options.Capacity, time, chance)
                : new InMemoryFileStore(options.Capacity, time);
    }
}
