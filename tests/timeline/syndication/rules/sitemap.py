"""The protocol of sitemaps.org as XML Schemas, from its description."""

from __future__ import annotations

from lxml import etree

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = f"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
 targetNamespace="{NAMESPACE}" xmlns="{NAMESPACE}">
 <xsd:simpleType name="Loc"><xsd:restriction base="xsd:anyURI">
  <xsd:minLength value="12"/><xsd:maxLength value="2048"/></xsd:restriction></xsd:simpleType>
 <xsd:simpleType name="Changed"><xsd:union>
  <xsd:simpleType><xsd:restriction base="xsd:date"/></xsd:simpleType>
  <xsd:simpleType><xsd:restriction base="xsd:dateTime"/></xsd:simpleType></xsd:union>
 </xsd:simpleType>"""


def _schema(root: str, child: str, most: int, more: str = "") -> etree.XMLSchema:
    return etree.XMLSchema(
        etree.fromstring(
            f"""{_HEAD}
 <xsd:element name="{root}"><xsd:complexType><xsd:sequence>
  <xsd:element name="{child}" minOccurs="0" maxOccurs="{most}"><xsd:complexType><xsd:all>
   <xsd:element name="loc" type="Loc"/>
   <xsd:element name="lastmod" type="Changed"/>{more}
  </xsd:all></xsd:complexType></xsd:element>
 </xsd:sequence></xsd:complexType></xsd:element></xsd:schema>"""
        )
    )


INDEX = _schema("sitemapindex", "sitemap", 50_000)
URLSET = _schema("urlset", "url", 50_000)
