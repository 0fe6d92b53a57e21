using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace ChatModels.Secrets;

/// <summary>Looks secrets up by name: configuration under <c>Secrets:</c>, then files in the secrets directories; follows both when they change.</summary>
/// <remarks>
/// <para>
/// The first source that has a value which is not empty wins: <c>Secrets:NAME</c> in configuration as written, the same with <c>-</c> as
/// <c>_</c> (environment variables can't hold a hyphen), then for each of <c>ChatModels:Secrets:Directories</c> in their order a file NAME,
/// and NAME with <c>-</c> as <c>_</c>. Line ends at the end of a value are cut off. Names compare without case.
/// </para>
/// <para>
/// Directories hold one file a secret, as Kubernetes and Docker mount them; files whose name begins with a dot are not secrets. They must
/// exist at start-up, and are looked at every four seconds, through symbolic links, so that a key is exchanged without a restart.
/// </para>
/// <para>
/// Safe for any number of threads. What nobody holds any longer is forgotten, so names cost memory only as long as providers in the
/// registry (written by administrators, never by callers) use them. Values are in no message, log or text form.
/// </para>
/// </remarks>
public sealed class SecretStore : IDisposable
{
    private readonly SecretSources _sources;
    private readonly SecretNames _names = new();
    private readonly Lock _refreshing = new();
    private readonly IDisposable _subscription;

    /// <summary>Opens the sources that <paramref name="configuration"/> names; a directory that is not there is an error that names its setting.</summary>
    public SecretStore(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _sources = new SecretSources(configuration);
        _subscription = ChangeToken.OnChange(_sources.GetReloadToken, Refresh);
    }

    /// <summary>Raised after a source has changed and values with it, on a thread of the pool.</summary>
    public event Action? Changed;

    /// <summary>The secret of that name. The same object every time, as long as anyone holds it; its value follows its source.</summary>
    public Secret Get(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        lock (_refreshing)
        {
            return _names.Find(name) ?? _names.Add(new Secret(name, _sources.Read(name)));
        }
    }

    /// <summary>Stops following the sources; values stay as they are.</summary>
    public void Dispose()
    {
        _subscription.Dispose();
        _sources.Dispose();
    }

    private void Refresh()
    {
        lock (_refreshing)
        {
            foreach (var secret in _names.All())
            {
                secret.Value = _sources.Read(secret.Name);
            }
        }

        ThreadPool.QueueUserWorkItem(static store => store.Changed?.Invoke(), this, preferLocal: false);
    }
}
