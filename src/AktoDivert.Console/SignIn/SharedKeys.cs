using System.Xml.Linq;
using AktoDivert.Console.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.SignIn;

/// <summary>Keeps cookie keys in the database that nodes share, encrypted with the content key that they share too.</summary>
internal sealed class SharedKeys(IDbContextFactory<ConsoleDb> databases, ContentSeal seal) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = databases.CreateDbContext();
        return [.. db.Keys.AsNoTracking().ToList().Select(k => XElement.Parse(seal.OpenText(k.Sealed, Owner(k.Name))))];
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var db = databases.CreateDbContext();
        db.Keys.Add(new KeyRow { Name = friendlyName, Sealed = seal.SealText(element.ToString(SaveOptions.DisableFormatting), Owner(friendlyName))! });
        db.SaveChanges();
    }

    private static string Owner(string name) => $"key/{name}";
}
