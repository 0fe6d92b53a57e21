using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace ChatModels.Secrets;

/// <summary>Where secrets are looked up, in order: configuration, then directories with one file a secret.</summary>
internal sealed class SecretSources : IDisposable
{
    private const string DirectoriesKey = "ChatModels:Secrets:Directories";
    private readonly IConfiguration _configuration;
    private readonly List<(IConfigurationRoot Root, PhysicalFileProvider Files)> _directories = [];

    public SecretSources(IConfiguration configuration)
    {
        _configuration = configuration;
        try
        {
            foreach (var directory in configuration.GetSection(DirectoriesKey).GetChildren())
            {
                _directories.Add(Open(directory));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The value now; null while no source has one.</summary>
    public string? Read(string name)
    {
        var value = Read(_configuration, $"Secrets:{name}");
        foreach (var (root, _) in _directories)
        {
            value ??= Read(root, name);
        }

        return value;
    }

    /// <summary>Changes when any source does. Each token serves once.</summary>
    public IChangeToken GetReloadToken() => new CompositeChangeToken(
        [_configuration.GetReloadToken(), .. _directories.Select(directory => directory.Root.GetReloadToken())]);

    public void Dispose()
    {
        foreach (var (root, files) in _directories)
        {
            (root as IDisposable)?.Dispose();
            files.Dispose();
        }
    }

    private static string? Read(IConfiguration source, string key) => Cut(source[key]) ?? Cut(source[key.Replace('-', '_')]);

    private static string? Cut(string? value)
    {
        var cut = value?.TrimEnd('\r', '\n');
        return cut is { Length: 0 } ? null : cut;
    }

    private static (IConfigurationRoot Root, PhysicalFileProvider Files) Open(IConfigurationSection setting)
    {
        if (setting.Value is not { } path || !Directory.Exists(path))
        {
            throw new ChatModelsException(
                "secrets.open", ErrorCodes.ValidationFailed, ErrorCategory.Configuration,
                $"{setting.Path} is '{setting.Value}', which is no directory that this process can read. Mount it before the start, or remove the setting.")
            {
                Issues = [new(setting.Path, "Name a directory that exists.")],
            };
        }

        // Polling follows symbolic links to their targets, which is how Kubernetes exchanges files; notifications would miss that.
        var files = new PhysicalFileProvider(Path.GetFullPath(path)) { UsePollingFileWatcher = true, UseActivePolling = true };
        var root = new ConfigurationBuilder().Add<KeyPerFileConfigurationSource>(source =>
        {
            source.FileProvider = files;
            source.ReloadOnChange = true;
            source.SectionDelimiter = ConfigurationPath.KeyDelimiter; // A name may hold two underscores; they mean nothing here.
            source.IgnoreCondition = name => name.StartsWith('.');
        }).Build();
        return (root, files);
    }
}
