using ChatModels.Batches;

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
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        var app = builder.Build();
        app.MapDefaultEndpoints();
        return app;
    }
}
