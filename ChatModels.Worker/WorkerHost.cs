using ChatModels.Batches;
using ChatModels.Security;

namespace ChatModels.Worker;

/// <summary>
/// The whole worker, built as Program runs it and as tests run it: loads the registry, announces itself, runs batches, probes the providers in turn with its like, and
/// answers probes.
/// </summary>
internal static class WorkerHost
{
    /// <param name="args">The command line.</param>
    /// <param name="configure">What a test adds or replaces, before anything reads the configuration.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        configure?.Invoke(builder);
        builder.AddServiceDefaults();
        builder.AddRegistryRedis();
        builder.AddChatModels(options =>
        {
            options.Role = "worker";
            options.ProbesProviders = true;
        });
        builder.AddBatches();
        builder.AddBatchRunner();
        builder.Services.AddOptions<SecurityOptions>().Configure<IConfiguration>((options, configuration) => configuration.GetSection(SecurityOptions.Section).Bind(options));
        builder.Services.AddSingleton<AccessKeys>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WorkerJson.Default));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        var app = builder.Build();
        app.UseMiddleware<OperatorGate>();
        app.MapDefaultEndpoints();
        app.MapPrometheus();
        app.MapDrainApi();
        return app;
    }
}
