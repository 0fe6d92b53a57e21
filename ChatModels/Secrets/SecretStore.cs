using Microsoft.Extensions.Configuration;

namespace ChatModels.Secrets;

/// <summary>Looks secrets up by name: configuration under <c>Secrets:</c>, then files in the secrets directories; follows both when they change.</summary>
public sealed class SecretStore(IConfiguration configuration)
{
    /// <summary>The secret of that name. The same object every time; its value follows its source.</summary>
    public Secret Get(string name) => throw new NotImplementedException($"{configuration}");

    /// <summary>Raised after values have changed, on a thread of the pool.</summary>
    public event Action? Changed { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }
}
